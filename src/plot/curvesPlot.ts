import { ruleY, type PlotOptions } from '@observablehq/plot'
import { chart, type ChartParts, type XAxis } from './chart.ts'
import type { PlotSize } from './frame.ts'
import { logTicks } from './logAxis.ts'
import type { Point } from './series.ts'

/** A curve of a report, named at its right end. Points that are not finite are left out. */
export interface NamedCurve {
  readonly name: string
  readonly color: string
  readonly points: readonly Point[]
  /** Drawn faint behind it. */
  readonly faint?: readonly Point[]
  /** Whether each point gets a dot. */
  readonly hasDots: boolean
}

export interface CurvesInput {
  readonly title: string
  readonly legend: string
  readonly curves: readonly NamedCurve[]
  /** `isLog`: also leaves out what is not positive. */
  readonly x: { readonly label: string; readonly isLog?: boolean; readonly isReversed?: boolean } & Axis
  readonly y: { readonly isLog?: boolean } & Axis
  /** Dashed lines at these heights. */
  readonly rules?: readonly number[]
}

interface Axis {
  /** Default: what the points cover; from 0 on a linear axis. */
  readonly from?: number
  readonly to?: number
  /** Default: round numbers. */
  readonly ticks?: readonly number[]
  readonly format: (value: number) => string
}

/** Named curves over any quantity, in the frame of the training plots. */
export function curvesPlot(input: CurvesInput, size: PlotSize = {}): PlotOptions {
  const { title, legend, x, y, rules = [] } = input
  const isDrawn = (p: Point): boolean =>
    Number.isFinite(p.x) &&
    Number.isFinite(p.y) &&
    (x.isLog !== true || p.x > 0) &&
    (y.isLog !== true || p.y > 0)
  const curves = input.curves.map((curve) => ({
    ...curve,
    points: curve.points.filter(isDrawn),
    faint: (curve.faint ?? []).filter(isDrawn),
  }))
  const all = curves.flatMap((curve) => curve.points)
  const [low, high] = domainOf(x, all.map((p) => p.x)) // prettier-ignore
  const yDomain = domainOf(y, [...all.map((p) => p.y), ...rules])
  const xAxis: XAxis = {
    type: x.isLog === true ? 'log' : 'linear',
    domain: x.isReversed === true ? [high, low] : [low, high],
    label: x.label,
    ticks: ticksOf(x, [low, high]),
    tickFormat: x.format,
  }
  const yAxis: ChartParts['y'] = {
    type: y.isLog === true ? 'log' : 'linear',
    domain: yDomain,
    ticks: ticksOf(y, yDomain),
    tickFormat: y.format,
  }
  const series = curves.map(({ name, color, points, faint, hasDots }) => ({
    name,
    color,
    raw: faint,
    smooth: points,
    measured: hasDots ? points : [],
  }))
  return chart(size, series, [], {
    title,
    legend,
    note: '',
    x: xAxis,
    y: yAxis,
    format: () => '',
    marks: [ruleY(rules, { strokeDasharray: '4,4', strokeOpacity: 0.6 })],
  })
}

function domainOf(axis: Axis & { readonly isLog?: boolean }, values: readonly number[]): [number, number] {
  const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity])
  if (axis.isLog === true) {
    const low = axis.from ?? (Number.isFinite(least) ? least / 1.5 : 0.1)
    return [low, Math.max(axis.to ?? (Number.isFinite(most) ? most * 1.5 : 1), low * 2)]
  }
  const low = axis.from ?? Math.min(0, Number.isFinite(least) ? least : 0)
  const high = axis.to ?? (Number.isFinite(most) ? most + 0.05 * (most - low) : 1)
  return [low, high > low ? high : low + 1]
}

function ticksOf(
  axis: Axis & { readonly isLog?: boolean },
  domain: readonly [number, number],
): number | number[] {
  if (axis.ticks !== undefined) return [...axis.ticks]
  return axis.isLog === true ? logTicks(domain) : 5
}
