import { ON_WHITE } from './colors.ts'

/** A line of a figure for notebooks: points (x[i], y[i]). Those that are not finite, or not positive on a logarithmic axis, interrupt the line. */
export interface Curve {
  /** What the legend says; without it the curve has no entry there. */
  readonly name?: string | undefined
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
  /** 'line' by default; 'dots' for single points, 'both' for measurements that belong together. */
  readonly as?: 'line' | 'dots' | 'both' | undefined
  /** Broken strokes, as for a reference to compare with. */
  readonly dashed?: boolean | undefined
  /** A CSS colour; by default the next one of the palette. */
  readonly color?: string | undefined
}

/** A curve as it is drawn. */
export interface Drawn {
  readonly name: string | undefined
  readonly points: ReadonlyArray<{ readonly x: number; readonly y: number }>
  readonly hasLine: boolean
  readonly hasDots: boolean
  readonly dashes: string
  readonly color: string
}

/** Chooses colours and reads the points. */
export function drawn(curves: readonly Curve[]): Drawn[] {
  return curves.map(({ name, x, y, as = 'line', dashed = false, color }, i) => ({
    name,
    points: Array.from(x, (value, j) => ({ x: value, y: y[j] ?? Number.NaN })),
    hasLine: as !== 'dots',
    hasDots: as !== 'line',
    dashes: dashed ? '6,4' : '',
    color: color ?? ON_WHITE[i % ON_WHITE.length]!,
  }))
}
