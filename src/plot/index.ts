/** Plots for notebooks and reports. */
export { toPng, toSvg, type PngOptions } from './render.ts'
export { accuracyCurve, evaluationsCurve, lossCurve, type PlotSize } from './training.ts'
export type { TrainingEvaluation, TrainingRecord, TrainingStep } from './trainingRecord.ts'
