import { ruleY, type PlotOptions } from '@observablehq/plot'
import { chart } from './chart.ts'
import { BLUE, ORANGE } from './colors.ts'
import { checkSize } from './figureOptions.ts'
import type { PlotSize } from './frame.ts'
import { logTicks } from './logAxis.ts'
import { movingMean, points, seriesOfNets, type Series } from './series.ts'
import { largest, quantile, smallest } from './statistics.ts'
import type { TrainingRecord } from './trainingRecord.ts'

/** Below the lowest test, in tenths. */
const ROOM = 0.5

/**
 * Loss against images trained on: each batch faint, their moving mean as a line, held-out images as dots. Logarithmic.
 * Losses that are not finite and positive have no place on the axis; a note in the plot counts them.
 */
export function lossCurve(records: readonly TrainingRecord[], size: PlotSize = {}): PlotOptions {
  checkSize('lossCurve', size)
  const isDrawable = (loss: number): boolean => Number.isFinite(loss) && loss > 0
  const series = seriesOfNets(records, (r) => (isDrawable(r.loss) ? r.loss : Number.NaN))
  const trend = series.flatMap((s) => [...s.smooth, ...s.measured]).map((p) => p.y)
  const raw = series.flatMap((s) => s.raw).map((p) => p.y)
  // Single batches fall far below the trend at the end of a run; they would flatten all the rest.
  const low = trend.length > 0 ? smallest(trend) / 2 : 0.1
  const high = trend.length > 0 ? Math.max(largest(trend) * 1.1, quantile(raw, 0.99)) : 3
  const domain: [number, number] = [low, Math.max(high, low * 4)]
  const missing = records.filter((r) => !isDrawable(r.loss)).length
  return chart(size, series, records, {
    title: 'Loss (cross-entropy, nats)',
    legend: `Faint: each batch. Line: their mean.${isTested(series) ? ' Dots and numbers: test images.' : ''}`,
    note: missing > 0 ? `${missing} of ${records.length} losses are not finite and positive: not drawn` : '',
    y: { type: 'log', domain, ticks: logTicks(domain), tickFormat: (d: number) => String(d) },
    format: (loss) => loss.toFixed(4),
  })
}

/**
 * Accuracy on held-out images against images trained on, of the ODENet and of its stem alone; behind them the moving
 * mean of the batches' accuracies. A net that was tested only once also gets a dashed line at that height. Before the first
 * test the moving mean is all that is known: then it is the curve, and the title says so.
 */
export function accuracyCurve(records: readonly TrainingRecord[], size: PlotSize = {}): PlotOptions {
  checkSize('accuracyCurve', size)
  const all = seriesOfNets(records, (r) => r.accuracy)
  const isOnTest = isTested(all) || records.length === 0
  const series = all.map((s) => {
    if (s.measured.length > 0) return { ...s, raw: s.smooth, smooth: s.measured }
    // Beside tests of other nets the batches alone are no curve of their kind
    return isOnTest ? { ...s, name: `${s.name}, batches`, raw: s.smooth, smooth: [] } : { ...s, raw: [] }
  })
  const shown = series.flatMap((s) => s.smooth).map((p) => p.y)
  const low = shown.length > 0 ? Math.min(0.9, Math.floor(smallest(shown) * 10 - ROOM) / 10) : 0
  return chart(size, series, records, {
    title: isOnTest ? 'Accuracy on test images' : 'Accuracy on the batches trained on',
    legend: isOnTest
      ? 'Dots and numbers: tests. Faint: mean over the batches trained on.'
      : 'Their moving mean; no test yet.',
    note: '',
    y: {
      domain: [Math.max(0, low), 1],
      ticks: 6,
      tickFormat: (d: number) => `${Math.round(d * 1000) / 10} %`,
    },
    format: (accuracy) => `${(100 * accuracy).toFixed(2)} %`,
    marks: series
      .filter((s) => s.measured.length === 1)
      .map((s) => ruleY(s.measured, { y: 'y', stroke: s.color, strokeDasharray: '4,4', strokeOpacity: 0.7 })),
  })
}

function isTested(series: readonly Series[]): boolean {
  return series.some(({ measured }) => measured.length > 0)
}

/** Evaluations of the ODENet's right-hand side in each step: in its solve, and in the gradient of the solve. */
export function evaluationsCurve(records: readonly TrainingRecord[], size: PlotSize = {}): PlotOptions {
  checkSize('evaluationsCurve', size)
  const steps = records.filter((r) => r.kind === 'step' && r.net === 'odenet')
  const directions = [
    { name: 'forward', color: BLUE, field: 'nfeForward' },
    { name: 'backward', color: ORANGE, field: 'nfeBackward' },
  ] as const
  const series = directions.map(({ name, color, field }): Series => {
    const raw = points(steps, (r) => (field in r ? (r as Record<typeof field, number>)[field] : Number.NaN))
    return { name, color, raw, smooth: movingMean(raw), measured: [] }
  })
  const values = series.flatMap((s) => s.raw).map((p) => p.y)
  return chart(size, series, steps, {
    title: 'Evaluations of the right-hand side in a step',
    legend: 'Faint: each step. Line: their mean.',
    note: '',
    y: { domain: [0, Math.max(1, largest(values) * 1.08)], ticks: 6 },
    format: (evaluations) => evaluations.toFixed(1),
  })
}
