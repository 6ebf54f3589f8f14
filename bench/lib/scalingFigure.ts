/** Draws time per step and component, and memory, against the number of components. */
import {
  axisX,
  axisY,
  dot,
  gridY,
  line,
  ruleY,
  text,
  type Markish,
  type PlotOptions,
} from '@observablehq/plot'
import { BLUE, ORANGE } from '../../src/plot/colors.ts'
import { figure } from './figure.ts'
import { powerLabel, powersOfTen } from './logAxis.ts'

export interface ScalingRow {
  readonly n: number
  readonly precision: 'f64' | 'f32'
  /** Steps tried. */
  readonly attempts: number
  readonly nanosecondsPerStepAndComponent: number
  /** Of f alone. */
  readonly nanosecondsPerCallAndComponent: number
  /** Memory beside y0, in units of a state vector: buffers at the first call of f, at most in any call, and with the result. */
  readonly vectorsAtFirstCall: number
  readonly vectorsWhileStepping: number
  readonly vectorsWithResult: number
  /** The same by the growth of the process. */
  readonly vectorsResident: number
}

export const GOALS = {
  /** Time per step and component at any n over that at n = 1000. */
  growth: 6,
  /** RK45's stages and four more. */
  vectors: 11,
} as const

const STYLES = {
  f64: { name: 'float64', color: BLUE, symbol: 'circle' },
  f32: { name: 'float32', color: ORANGE, symbol: 'square' },
} as const
const SIZE = { width: 420, height: 320 }
const X: [number, number] = [800, 1.25e7]

/** Below this n, whole pages of 64 kB hide the vectors in them. */
const BUFFERS_FROM = 1e4

/** @param residentFrom - below this n the process's own growth says nothing about vectors */
export function scalingFigure(rows: ReadonlyArray<ScalingRow>, residentFrom: number): string {
  const time = panel(
    'Time per step and component',
    'nanoseconds, right-hand side included',
    rows,
    (row) => row.nanosecondsPerStepAndComponent,
    [],
  )
  const memory = panel(
    'Memory of a solve beside y0',
    'state vectors, the result counted; hollow: growth of the process',
    rows.filter(({ n }) => n >= BUFFERS_FROM),
    (row) => row.vectorsWithResult,
    [
      ruleY([GOALS.vectors], { strokeDasharray: '5,3', strokeOpacity: 0.7 }),
      text([`goal: ${GOALS.vectors}`], {
        x: X[0],
        y: GOALS.vectors,
        textAnchor: 'start',
        lineAnchor: 'bottom',
        dx: 4,
        dy: -4,
      }),
      ...Object.entries(STYLES).map(([precision, { color, symbol }]) =>
        dot(
          rows.filter((row) => row.precision === precision && row.n >= residentFrom),
          { x: 'n', y: 'vectorsResident', r: 5.5, symbol, stroke: color },
        ),
      ),
    ],
  )
  return figure(
    "RK45 on y' = -y / 2",
    'On [0, 10], rtol 1e-6, atol 1e-9; a process for each solve.',
    [time, memory],
    2,
    legend,
  )
}

function panel(
  title: string,
  unit: string,
  rows: ReadonlyArray<ScalingRow>,
  value: (row: ScalingRow) => number,
  marks: ReadonlyArray<Markish>,
): PlotOptions {
  const ticks = powersOfTen(X, 6)
  const top = Math.max(...rows.map(value)) * 1.1
  return {
    ...SIZE,
    marginLeft: 40,
    marginRight: 10,
    marginTop: 44,
    marginBottom: 40,
    style: { fontSize: '12px' },
    ariaLabel: title,
    x: { type: 'log', domain: X },
    y: { domain: [0, top] },
    marks: [
      gridY({ ticks: 6, strokeOpacity: 0.15 }),
      axisY({ ticks: 6, tickSize: 0, label: null }),
      axisX({
        ticks,
        tickFormat: powerLabel,
        label: 'components',
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      text([title], { ...TOP_LEFT, dy: -40, fontSize: 13, fontWeight: 'bold' }),
      text([unit], { ...TOP_LEFT, dy: -22, fillOpacity: 0.75 }),
      ...marks,
      ...Object.entries(STYLES).flatMap(([precision, { color, symbol }]) => {
        const own = rows.filter((row) => row.precision === precision)
        return [
          line(own, { x: 'n', y: value, stroke: color, strokeWidth: 2 }),
          dot(own, { x: 'n', y: value, r: 3.4, symbol, fill: color, stroke: 'white', strokeWidth: 0.6 }),
        ]
      }),
    ],
  }
}

const TOP_LEFT = { frameAnchor: 'top-left', textAnchor: 'start', lineAnchor: 'top', dx: -36 } as const

function legend(width: number): PlotOptions {
  const y = 10
  return {
    width,
    height: 26,
    margin: 0,
    style: { fontSize: '12px' },
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: Object.values(STYLES).flatMap(({ name, color, symbol }, i) => {
      const x = 24 + i * 110
      return [
        dot([{ x, y }], { x: 'x', y: 'y', r: 4, symbol, fill: color }),
        text([name], { x: x + 10, y, textAnchor: 'start' }),
      ]
    }),
  }
}
