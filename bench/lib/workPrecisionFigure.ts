/** Draws work-precision curves: time of a solve against error at the end, both logarithmic, one panel for each problem. */
import { axisX, axisY, dot, gridX, gridY, line, text, type PlotOptions } from '@observablehq/plot'
import { BLUE, ORANGE } from '../../src/plot/colors.ts'
import { figure } from './figure.ts'
import { logDomain, powerLabel, powersOfTen, timeLabel } from './logAxis.ts'
import type { Curve, Kind } from './workPrecision.ts'

export interface Panel {
  readonly title: string
  readonly curves: ReadonlyArray<Curve>
}

/** The kind of a solver is its colour, weight and dashes, its name is its symbol: readable without telling colours apart. */
const STROKES: Readonly<Record<Kind, { stroke: string; strokeWidth: number; strokeDasharray?: string }>> = {
  ours: { stroke: BLUE, strokeWidth: 2.4 },
  javascript: { stroke: ORANGE, strokeWidth: 1.5 },
  compiled: { stroke: '#555555', strokeWidth: 1, strokeDasharray: '5,2' },
  scipy: { stroke: '#999999', strokeWidth: 1, strokeDasharray: '1.5,2' },
}
const KINDS: Readonly<Record<Kind, string>> = {
  ours: 'solve-ivp',
  javascript: 'other JavaScript solvers',
  compiled: 'compiled Fortran',
  scipy: 'scipy',
}
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross'] as const
type Symbol = (typeof SYMBOLS)[number]

const SIZE = { width: 380, height: 320 }
const COLUMNS = 3
const LEGEND_LINE = 20

/** `entrants` are all that may appear, in the legend's order, those without a point too. */
export function workPrecisionFigure(
  title: string,
  panels: ReadonlyArray<Panel>,
  entrants: ReadonlyArray<{ readonly name: string; readonly kind: Kind }>,
): string {
  const symbolOf = (name: string, kind: Kind): Symbol =>
    SYMBOLS[entrants.filter((each) => each.kind === kind).findIndex((each) => each.name === name)]!
  return figure(
    title,
    'Lower is faster, further left is more precise. Each point is one tolerance.',
    panels.map((panel) => panelOf(panel, symbolOf)),
    COLUMNS,
    (width) => legend(width, entrants, symbolOf),
  )
}

type SymbolOf = (name: string, kind: Kind) => Symbol

function panelOf({ title, curves }: Panel, symbolOf: SymbolOf): PlotOptions {
  const points = curves.flatMap((curve) => curve.points)
  const x = logDomain(points.map(({ error }) => error))
  const y = logDomain(points.map(({ seconds }) => seconds))
  const ticks = { x: powersOfTen(x, 7), y: powersOfTen(y, 8) }
  const others = curves.filter(({ kind }) => kind === 'javascript')
  const without = others.filter((curve) => curve.points.length === 0).map(({ name }) => name)
  const missing =
    without.length === 0
      ? []
      : [
          `dropped out: ${without.length === others.length ? 'all other JavaScript solvers' : without.join(', ')}`,
        ]
  // Those that matter least first, so that the others lie over them
  const order = (['scipy', 'compiled', 'javascript', 'ours'] as const).flatMap((kind) =>
    curves.filter((curve) => curve.kind === kind),
  )
  return {
    ...SIZE,
    marginLeft: 54,
    marginRight: 14,
    marginTop: 36,
    marginBottom: 40,
    style: { fontSize: '11px' },
    ariaLabel: `Work and precision: ${title}`,
    x: { type: 'log', domain: x },
    y: { type: 'log', domain: y },
    marks: [
      gridX({ ticks: ticks.x, strokeOpacity: 0.12 }),
      gridY({ ticks: ticks.y, strokeOpacity: 0.12 }),
      axisX({
        ticks: ticks.x,
        tickSize: 0,
        tickFormat: powerLabel,
        label: 'error at the end, relative to the largest component',
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      axisY({ ticks: ticks.y, tickSize: 0, tickFormat: timeLabel, label: null }),
      text([title], { ...TOP_LEFT, dy: -34, fontSize: 13, fontWeight: 'bold' }),
      text([['time of a solve', ...missing].join('; ')], { ...TOP_LEFT, dy: -17, fillOpacity: 0.75 }),
      ...order.flatMap(({ name, kind, points: own }) => [
        line(own, { x: 'error', y: 'seconds', ...STROKES[kind] }),
        dot(own, symbolStyle(name, kind, symbolOf, 'error', 'seconds')),
      ]),
    ],
  }
}

const TOP_LEFT = { frameAnchor: 'top-left', textAnchor: 'start', lineAnchor: 'top', dx: -48 } as const

function symbolStyle(name: string, kind: Kind, symbolOf: SymbolOf, x: string, y: string): object {
  const { stroke } = STROKES[kind]
  const isFilled = kind === 'ours' || kind === 'javascript'
  return {
    x,
    y,
    symbol: symbolOf(name, kind),
    r: isFilled ? 3.2 : 2.6,
    fill: isFilled ? stroke : 'white',
    stroke: isFilled ? 'white' : stroke,
    strokeWidth: isFilled ? 0.6 : 1,
  }
}

/** One line for each kind of solver: a sample of its stroke, then symbols with names. */
function legend(
  width: number,
  entrants: ReadonlyArray<{ readonly name: string; readonly kind: Kind }>,
  symbolOf: SymbolOf,
): PlotOptions {
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => entrants.some((each) => each.kind === kind))
  const height = kinds.length * LEGEND_LINE + 12
  return {
    width,
    height,
    margin: 0,
    style: { fontSize: '12px' },
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: kinds.flatMap((kind, row) => {
      const y = 8 + row * LEGEND_LINE
      return [
        line([{ x: 14 }, { x: 44 }], { x: 'x', y: () => y, ...STROKES[kind] }),
        text([KINDS[kind]], { x: 52, y, textAnchor: 'start', fontWeight: 'bold' }),
        ...entrants
          .filter((each) => each.kind === kind)
          .flatMap(({ name }, i) => {
            const x = 230 + i * 150
            return [
              dot([{ x, y }], symbolStyle(name, kind, symbolOf, 'x', 'y')),
              text([name], { x: x + 9, y, textAnchor: 'start' }),
            ]
          }),
      ]
    }),
  }
}
