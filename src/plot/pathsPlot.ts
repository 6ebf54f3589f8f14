import { axisX, axisY, dot, line, text, type PlotOptions } from '@observablehq/plot'
import { ON_ANY_PAGE } from './colors.ts'
import { AT_MIDDLE, frame, headlines, UNDER_HEADLINES, type PlotSize } from './frame.ts'

const MARGIN = { ...UNDER_HEADLINES, right: 24, left: 52 }

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

/** Paths in the plane, such as those of features through time. */
export function pathsPlot(input: PathsInput, size: PlotSize = {}): PlotOptions {
  const { title, legend, paths, means, xLabel, yLabel } = input
  const color = ({ group }: PlanePath): string => ON_ANY_PAGE[group % ON_ANY_PAGE.length]!
  const points = (all: readonly PlanePath[]): { x: number; y: number; z: number; color: string }[] =>
    all.flatMap((path, z) => path.points.map(([x, y]) => ({ x, y, z, color: color(path) })))
  const ends = (all: readonly PlanePath[], at: number): { x: number; y: number; color: string }[] =>
    all.flatMap((path) => {
      const end = path.points.at(at)
      return end === undefined ? [] : [{ x: end[0], y: end[1], color: color(path) }]
    })
  const place = { x: 'x', y: 'y' } as const
  return {
    ...frame(size, MARGIN, title),
    ariaDescription: legend,
    color: { type: 'identity' },
    x: { nice: true },
    y: { nice: true },
    marks: [
      axisX({ ticks: 5, label: xLabel, ...AT_MIDDLE }),
      axisY({ ticks: 5, label: yLabel, ...AT_MIDDLE }),
      ...headlines(title, legend, MARGIN),
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
