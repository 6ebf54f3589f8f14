/** Plots for notebooks and reports. */
export { PlotError, toPng, toSvg, type PngOptions } from './render.ts'
export type { PlotSize } from './chart.ts'
export { accuracyCurve, evaluationsCurve, lossCurve } from './training.ts'
export type { TrainingEvaluation, TrainingRecord, TrainingStep } from './trainingRecord.ts'
