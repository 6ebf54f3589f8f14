import type { Curve } from './curve.ts'
import { figure, type FigureOptions } from './figure.ts'
import { checkFigure } from './figureOptions.ts'

/**
 * Curves over a common axis, such as solutions over time.
 * @returns an SVG document as text; a notebook shows it by `display.svg`
 * @example
 * linePlot({ title: 'Decay', x: { label: 't (s)' }, y: { label: 'h(t)' }, curves: [{ name: 'RK45', x: t, y: y[0] }] })
 */
export function linePlot(options: FigureOptions & { readonly curves: readonly Curve[] }): string {
  checkFigure('linePlot', options, ['curves'])
  return figure(options, options.curves)
}
