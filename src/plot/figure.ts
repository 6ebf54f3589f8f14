import {
  axisX,
  axisY,
  dot,
  gridX,
  gridY,
  line,
  type Markish,
  type PlotOptions,
  type ScaleOptions,
} from '@observablehq/plot'
import { drawn, type Curve, type Drawn } from './curve.ts'
import { AT_MIDDLE, frame, inCorner, sized, type PlotSize } from './frame.ts'
import { logDomain, ticksOf } from './logAxis.ts'
import { legend, LEGEND_ROW, legendRows } from './legend.ts'
import { toSvg } from './render.ts'

/** An axis of a figure. */
export interface Axis {
  /** What is measured and in which unit: 't (s)'. */
  readonly label: string
  /** Ends of the axis; by default those of the data. */
  readonly domain?: readonly [number, number] | undefined
  /** Powers of ten at equal distances. */
  readonly log?: boolean | undefined
}

/** What the figures for notebooks have in common. */
export interface FigureOptions extends PlotSize {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
}

const MARGIN = { top: 34, right: 20, bottom: 42, left: 62 }
const INK = '#222'

/** What the axes enclose, legend or not. */
export function frameOf(width: number, height: number): [width: number, height: number] {
  return [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom]
}

/** A figure on white with labelled axes, a title and a legend, as SVG text. */
export function figure(
  options: FigureOptions,
  curves: readonly Curve[],
  behind: readonly Markish[] = [],
): string {
  const { title, x, y } = options
  const { width, height } = sized(options)
  const all = drawn(curves)
  const [inside, tall] = frameOf(width, height)
  const top = MARGIN.top + legendRows(all, inside) * LEGEND_ROW
  const margin = { ...MARGIN, top }
  const [scaleX, scaleY] = [scaleOf(x, valuesOf(all, 'x')), scaleOf(y, valuesOf(all, 'y'))]
  const ticksX = ticksOf(scaleX, Math.max(3, Math.round(inside / 90)))
  const ticksY = ticksOf(scaleY, Math.max(3, Math.round(tall / 55)))
  const plot: PlotOptions = {
    ...frame({ width, height: height + top - MARGIN.top }, margin, title),
    style: { fontSize: '12px', background: 'white', color: INK },
    x: scaleX,
    y: scaleY,
    marks: [
      gridX({ ...ticksX, strokeOpacity: 0.1 }),
      gridY({ ...ticksY, strokeOpacity: 0.1 }),
      axisX({ ...ticksX, label: x.label, ...AT_MIDDLE }),
      axisY({ ...ticksY, label: y.label, ...AT_MIDDLE }),
      inCorner(title, margin, { x: 8, y: 8 }, { fontSize: 14, fontWeight: 'bold' }),
      ...behind,
      ...all.flatMap((curve) => marksOf(curve, x.domain !== undefined || y.domain !== undefined)),
    ],
  }
  const svg = toSvg(plot).replace('</svg>', () => `${legend(all, MARGIN.left, MARGIN.top, inside)}</svg>`)
  return rounded(svg)
}

/** @param clip - whether points may lie outside the frame; else a dot on its edge is drawn whole */
function marksOf({ points, hasLine, hasDots, dashes, color }: Drawn, clip: boolean): Markish[] {
  const xy = { x: 'x', y: 'y', clip } as const
  return [
    ...(hasLine ? [line(points, { ...xy, stroke: color, strokeWidth: 2, strokeDasharray: dashes })] : []),
    ...(hasDots ? [dot(points, { ...xy, fill: color, r: 3.5, stroke: 'white', strokeWidth: 0.75 })] : []),
  ]
}

function valuesOf(curves: readonly Drawn[], side: 'x' | 'y'): number[] {
  return curves.flatMap(({ points }) => points.map((point) => point[side]))
}

function scaleOf(axis: Axis, values: readonly number[]): ScaleOptions {
  const { domain, log = false } = axis
  if (domain !== undefined) return { type: log ? 'log' : 'linear', domain: [...domain] }
  return log ? { type: 'log', domain: logDomain(values) } : { nice: true }
}

/** Attributes that hold coordinates. */
const COORDINATES = / (?:d|x|y|x1|x2|y1|y2|cx|cy|width|height|transform)="[^"]*"/g

/** Hundredths of a unit are more than a screen shows, and a file with them is half as long. */
function rounded(svg: string): string {
  const short = (number: string): string => String(Number(Number(number).toFixed(2)))
  return svg.replaceAll(COORDINATES, (attribute) => attribute.replaceAll(/-?\d+\.\d{3,}/g, short))
}
