import { drawn, type Curve } from './curve.ts'
import { optionNames } from '../ivp/check/optionNames.ts'
import { figure, type FigureOptions } from './figure.ts'
import { checkFigure } from './figureOptions.ts'

export interface ErrorPlotOptions extends FigureOptions {
  readonly curves: readonly Curve[]
  /** Orders to compare with: for each a dashed line y = c x^slope, beside the curve at the same place in `curves`. */
  readonly slopes?: readonly number[] | undefined
}

const OPTIONS = optionNames<Omit<ErrorPlotOptions, keyof FigureOptions>>({ curves: true, slopes: true })

/** Reference lines lie this far below their curve, so that they do not hide it. */
const BELOW = 0.4
const GREY = '#767676'

/**
 * Errors against step sizes or tolerances, both axes logarithmic: an error of order p is a straight line of slope p.
 * @returns an SVG document as text
 */
export function errorPlot(options: ErrorPlotOptions): string {
  checkFigure('errorPlot', options, OPTIONS)
  const { curves, slopes = [], x, y } = options
  const references = slopes.map((slope, i) => reference(slope, curves[i] ?? curves[0]!))
  const measured = curves.map((curve) => ({ as: 'both' as const, ...curve }))
  return figure({ ...options, x: { ...x, log: true }, y: { ...y, log: true } }, [...measured, ...references])
}

/** A line of the slope through a point below the curve's largest x. */
function reference(slope: number, curve: Curve): Curve {
  const [{ points }] = drawn([curve]) as [ReturnType<typeof drawn>[number]]
  const usable = points.filter(({ x, y }) => x > 0 && y > 0 && Number.isFinite(x * y))
  usable.sort((a, b) => a.x - b.x)
  const [first, last] = [usable[0], usable.at(-1)]
  const name = `slope ${slope}`
  if (first === undefined || last === undefined) return { name, x: [], y: [], dashed: true, color: GREY }
  const at = (x: number): number => BELOW * last.y * (x / last.x) ** slope
  return { name, x: [first.x, last.x], y: [at(first.x), at(last.x)], dashed: true, color: GREY }
}
