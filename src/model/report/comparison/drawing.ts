import { curvesPlot, type CurvesInput } from '../../../plot/curvesPlot.ts'
import type { PlotSize } from '../../../plot/frame.ts'
import type { toSvg } from '../../../plot/render.ts'

export type PlotOptions = Parameters<typeof toSvg>[0]

/** A picture of a comparison, at any size. */
export type Drawing = (size: PlotSize) => PlotOptions

export function curvesDrawing(input: CurvesInput): Drawing {
  return (size) => curvesPlot(input, size)
}

/** A positive number on a logarithmic axis. */
export function asNumber(n: number): string {
  return n < 1e-3 ? n.toExponential(0) : String(n)
}

/** A share on an axis. */
export function asPercent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`
}
