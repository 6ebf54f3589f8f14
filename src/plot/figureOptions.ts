import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import type { Curve } from './curve.ts'
import type { Axis, FigureOptions } from './figure.ts'
import type { PlotSize } from './frame.ts'

const SIZE = optionNames<PlotSize>({ width: true, height: true })
const FIGURE = [
  ...SIZE,
  ...optionNames<Omit<FigureOptions, keyof PlotSize>>({ title: true, x: true, y: true }),
]
const AXIS = optionNames<Axis>({ label: true, domain: true, log: true })
const CURVE = optionNames<Curve>({ name: true, x: true, y: true, as: true, dashed: true, color: true })

/**
 * Checks the names of the options of a figure, of its axes and of its curves.
 * @param of - the function that draws it. @param own - its options beside those of every figure
 * @throws IvpInputError
 */
export function checkFigure(
  of: string,
  options: FigureOptions & { readonly curves?: readonly Curve[] | undefined },
  own: ReadonlyArray<string>,
): void {
  checkOptionNames(options ?? null, [...own, ...FIGURE], { of })
  for (const side of ['x', 'y'] as const) checkOptionNames(options[side], AXIS, { within: side })
  options.curves?.forEach((curve, i) => checkOptionNames(curve, CURVE, { within: `curves[${i}]` }))
}

/** The size of a plot of a report. @throws IvpInputError */
export function checkSize(of: string, size: PlotSize): void {
  checkOptionNames(size, SIZE, { of })
}

/** Options of a picture without axes. @throws IvpInputError */
export function checkSized(of: string, options: PlotSize, own: ReadonlyArray<string>): void {
  checkOptionNames(options ?? null, [...own, ...SIZE], { of })
}
