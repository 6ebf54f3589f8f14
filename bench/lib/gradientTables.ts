/** What bench/torchdiffeq.ts measured, as tables of docs/gradients.md. */
import { fillPage, table } from './page.ts'
import { readResult } from './report.ts'

export type Evaluations = readonly [forward: number, backward: number]

/** Evaluations with one change each, and with all. */
export interface Experiments {
  readonly oursWithTheirEstimate?: Evaluations
  readonly oursWithTheirControl: Evaluations
  readonly oursWithBoth: Evaluations
  /** Their solves end on the last time. */
  readonly theirsEnding: Evaluations
  /** And the gradient of the times does not steer the steps; without the evaluations of f at the output times. */
  readonly theirsEndingWithoutTimes: Evaluations
  /** All parameters as one block of the norm. */
  readonly oursWithBothInOneBlock?: Evaluations
}

export interface GradientRow {
  readonly problem: string
  readonly method: string
  readonly precision: 'f64' | 'f32'
  /** 0: equal steps. */
  readonly rtol: number
  readonly atol: number
  /** Output times after the first. With several, the gradients of the times were taken too. */
  readonly outputs: number
  /** Evaluations of one step attempt. */
  readonly attempt: number
  readonly evaluations: { readonly ours: Evaluations; readonly theirs: Evaluations }
  readonly experiments?: Experiments
  /** Relative, of ours to theirs. */
  readonly differences: {
    readonly solution: number
    readonly h0: number
    readonly theta: number
    readonly ts?: number
    /** The largest of the gradients', to theirs where its solves end on the last time. */
    readonly ending?: number
  }
  /** Of the gradients, relative to a tight solve. */
  readonly errors?: { readonly ours: number; readonly theirs: number }
  /** The bound on the differences, where there is one. */
  readonly agreement?: number
}

interface Report {
  readonly machine: string
  readonly node: string
  readonly tfjs: string
  readonly peers: ReadonlyArray<string>
  readonly rows: ReadonlyArray<GradientRow>
}

/** Whether a number of evaluations is within a tenth or two step attempts. */
export function isAlike(ours: number, theirs: number, attempt: number): boolean {
  return Math.abs(ours - theirs) <= Math.max(0.1 * theirs, 2 * attempt)
}

const bold = (text: string, isBold: boolean): string => (isBold ? `**${text}**` : text)
const tolerance = (rtol: number): string => (rtol === 0 ? 'equal steps' : rtol.toExponential(0))
const short = (value: number): string => (value < 1e-12 ? '< 1e-12' : value.toExponential(0))

export function writeGradientTables(): void {
  const { machine, node, tfjs, peers, rows } = readResult('torchdiffeq') as Report
  const pair = (ours: number, theirs: number, attempt: number): string =>
    bold(`${ours} / ${theirs}`, !isAlike(ours, theirs, attempt))
  const line = (row: GradientRow): string[] => {
    const { precision, rtol, attempt, experiments, differences, errors, agreement = Infinity } = row
    const { ours, theirs } = row.evaluations
    const { h0, theta, ts } = differences
    const difference = (value: number): string => bold(short(value), value > agreement)
    const alike = (i: 0 | 1): string =>
      experiments === undefined
        ? ''
        : pair(experiments.oursWithBoth[i], experiments.theirsEndingWithoutTimes[i], attempt)
    return [
      row.method,
      precision === 'f64' ? 'double' : 'single',
      tolerance(rtol),
      String(row.outputs),
      pair(ours[0], theirs[0], attempt),
      alike(0),
      pair(ours[1], theirs[1], attempt),
      alike(1),
      difference(Math.max(h0, theta)),
      ts === undefined ? '' : difference(ts),
      errors === undefined ? '' : `${short(errors.ours)} / ${short(errors.theirs)}`,
    ]
  }
  const counted = ['forward', 'forward, alike', 'backward', 'backward, alike']
  const head = ['method', 'precision', 'rtol', 'outputs', ...counted, 'difference', 'of times', 'errors']
  const tables = [...new Set(rows.map(({ problem }) => problem))].map((title) => {
    const lines = rows.filter(({ problem }) => problem === title).map(line)
    return `${title[0]!.toUpperCase()}${title.slice(1)}:\n\n${table(head, lines)}`
  })
  const blocks = rows.flatMap(({ method, rtol, outputs, experiments }) => {
    const oneBlock = experiments?.oursWithBothInOneBlock
    if (experiments === undefined || oneBlock === undefined) return []
    const { oursWithBoth, theirsEndingWithoutTimes } = experiments
    const backward = [oursWithBoth, oneBlock, theirsEndingWithoutTimes].map((count) => String(count[1]))
    return [[method, tolerance(rtol), String(outputs), ...backward]]
  })
  fillPage('gradients', {
    'torchdiffeq machine': `Machine: ${machine}; Node ${node}; tfjs ${tfjs}; ${peers.join(', ')}.`,
    'torchdiffeq tables': tables.join('\n\n'),
    'torchdiffeq blocks': table(
      ['method', 'rtol', 'outputs', 'a block for each array', 'one block', 'torchdiffeq'],
      blocks,
    ),
  })
}
