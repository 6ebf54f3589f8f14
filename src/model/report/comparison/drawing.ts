import type { PlotSize } from '../../../plot/chart.ts'
import type { toSvg } from '../../../plot/render.ts'

export type PlotOptions = Parameters<typeof toSvg>[0]

/** A picture of a comparison, at any size. */
export type Drawing = (size: PlotSize) => PlotOptions

/** A share on an axis. */
export function asPercent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`
}
