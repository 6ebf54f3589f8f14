import { axisX, axisY, dot, line, text, type PlotOptions } from '@observablehq/plot'
import type { PlotSize } from './chart.ts'

/** A path in the plane; its group decides the colour. */
export interface PlanePath {
  readonly group: number
  readonly points: readonly (readonly [number, number])[]
}

export interface PathsInput {
  readonly title: string
  readonly legend: string
  /** Faint, with a dot at the end. */
  readonly paths: readonly PlanePath[]
  /** Strong, named at the end. */
  readonly means: readonly (PlanePath & { readonly name: string })[]
  readonly xLabel: string
  readonly yLabel: string
}

/** Ten colours that stand out from white and from a dark page, apart in hue or in lightness. */
const COLORS = [
  '#2b7bd6',
  '#c8620a',
  '#2e8555',
  '#d0403a',
  '#9557cf',
  '#8f6a3a',
  '#d0569b',
  '#7a838c',
  '#8a8a10',
  '#1391a3',
]

export function pathsPlot(input: PathsInput, size: PlotSize = {}): PlotOptions {
  const { width = 640, height = 400 } = size
  const { title, legend, paths, means, xLabel, yLabel } = input
  const color = ({ group }: PlanePath): string => COLORS[group % COLORS.length]!
  const points = (all: readonly PlanePath[]): { x: number; y: number; z: number; color: string }[] =>
    all.flatMap((path, z) => path.points.map(([x, y]) => ({ x, y, z, color: color(path) })))
  const ends = (all: readonly PlanePath[], at: number): { x: number; y: number; color: string }[] =>
    all.flatMap((path) => {
      const end = path.points.at(at)
      return end === undefined ? [] : [{ x: end[0], y: end[1], color: color(path) }]
    })
  const margin = { left: 52, top: 54 }
  const headline = { frameAnchor: 'top-left', textAnchor: 'start', lineAnchor: 'top', dx: 6 - margin.left } as const // prettier-ignore
  const place = { x: 'x', y: 'y' } as const
  return {
    width,
    height,
    marginLeft: margin.left,
    marginRight: 24,
    marginTop: margin.top,
    marginBottom: 40,
    style: { fontSize: '12px' },
    ariaLabel: title,
    ariaDescription: legend,
    color: { type: 'identity' },
    x: { nice: true },
    y: { nice: true },
    marks: [
      axisX({ ticks: 5, label: xLabel, labelAnchor: 'center', labelArrow: 'none' }),
      axisY({ ticks: 5, label: yLabel, labelAnchor: 'center', labelArrow: 'none' }),
      text([title], { ...headline, dy: -margin.top + 6, fontSize: 13, fontWeight: 'bold' }),
      text([legend], { ...headline, dy: -margin.top + 24, fillOpacity: 0.7 }),
      line(points(paths), { ...place, z: 'z', stroke: 'color', strokeOpacity: 0.22, strokeWidth: 1 }),
      dot(ends(paths, -1), { ...place, fill: 'color', fillOpacity: 0.45, r: 1.8 }),
      line(points(means), { ...place, z: 'z', stroke: 'color', strokeWidth: 2.2 }),
      dot(ends(means, 0), { ...place, stroke: 'color', fill: 'none', r: 3 }),
      dot(ends(means, -1), { ...place, fill: 'color', r: 8.5 }),
      text(
        means.flatMap((path) => {
          const end = path.points.at(-1)
          return end === undefined ? [] : [{ x: end[0], y: end[1], name: path.name }]
        }),
        { ...place, text: 'name', fill: 'white', fontWeight: 'bold', fontSize: 11 },
      ),
    ],
  }
}
