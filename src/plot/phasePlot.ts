import { vector } from '@observablehq/plot'
import type { Curve } from './curve.ts'
import { optionNames } from '../ivp/check/optionNames.ts'
import { checkFigure } from './figureOptions.ts'
import { figure, frameOf, type Axis, type FigureOptions } from './figure.ts'

/** An axis of the plane; its ends must be known for the field to be drawn. */
export interface PlaneAxis extends Axis {
  readonly domain: readonly [number, number]
}

export interface PhasePlotOptions extends FigureOptions {
  readonly x: PlaneAxis
  readonly y: PlaneAxis
  /** The right-hand side of a plane autonomous system: [dx/dt, dy/dt] at (x, y). Its direction is drawn. */
  readonly field: (x: number, y: number) => ArrayLike<number>
  readonly curves?: readonly Curve[] | undefined
}

const OPTIONS = optionNames<Omit<PhasePlotOptions, keyof FigureOptions>>({ field: true, curves: true })

/** Arrows stand this many units of the SVG apart. */
const APART = 26

/**
 * A phase portrait: the direction of the field in grey, and trajectories over it.
 * @returns an SVG document as text
 */
export function phasePlot(options: PhasePlotOptions): string {
  checkFigure('phasePlot', options, OPTIONS)
  const { x, y, field, curves = [], width = 420, height = 400 } = options
  const [wide, tall] = frameOf(width, height)
  const arrows: { x: number; y: number; angle: number }[] = []
  for (const px of places(x.domain, Math.round(wide / APART))) {
    for (const py of places(y.domain, Math.round(tall / APART))) {
      const { 0: dx = 0, 1: dy = 0 } = field(px, py)
      if (dx === 0 && dy === 0) continue
      // As the eye sees it: in parts of the axes' lengths. Angles of Plot run clockwise from up
      const [right, up] = [dx / (x.domain[1] - x.domain[0]), dy / (y.domain[1] - y.domain[0])]
      arrows.push({ x: px, y: py, angle: (Math.atan2(right * wide, up * tall) * 180) / Math.PI })
    }
  }
  const marks = vector(arrows, {
    x: 'x',
    y: 'y',
    rotate: 'angle',
    length: 15,
    anchor: 'middle',
    stroke: '#9a9a9a',
    strokeWidth: 1,
    clip: true,
  })
  return figure({ ...options, width, height }, curves, [marks])
}

/** The middles of `count` equal parts. */
function places([from, to]: readonly [number, number], count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((i + 0.5) * (to - from)) / count)
}
