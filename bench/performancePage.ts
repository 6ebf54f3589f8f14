/**
 * What do the results say, in one page? Puts tables of bench/results into docs/performance.md, between its markers, beside what we aim at.
 * Command: node bench/performancePage.ts, after the other benchmarks.
 */
import { fillPage, table } from './lib/page.ts'
import { duration, readResult } from './lib/report.ts'
import type { Outcome } from './lib/race.ts'

interface Race {
  readonly problem: string
  readonly method: string
  readonly precision?: 'f64' | 'f32'
  readonly outcomes: ReadonlyArray<Outcome>
  readonly timeRatios: Readonly<Record<string, number>>
  readonly overheadRatios: Readonly<Record<string, number>>
}

interface Leads {
  readonly problem: string
  readonly smallestLeads: ReadonlyArray<{ readonly peer: string; readonly ratio: number }>
  readonly droppedOut: ReadonlyArray<string>
}

/** Compiled peers: Hairer's codes and ODEPACK, which our aims refer to; the same RK45 in C for the overhead. */
const COMPILED = ['dopri5', 'dop853', 'radau5', 'lsoda']
const IN_C = 'RK45 in C'

/** Aims: [most times compiled time, most times the overhead in C, least times faster than scipy], by method and problem; 0: none. */
const AIMS: Readonly<Record<string, readonly [number, number, number]>> = {
  'RK45 lorenz': [1.4, 0, 180],
  'RK45 vdp': [1.4, 0, 180],
  'RK45 arenstorf': [1.05, 0, 165],
  'RK45 pleiades': [1.05, 0, 72],
  'RK45 brusselator': [2.2, 1.5, 8],
  'RK45 decay f64': [0, 1.4, 1],
  'RK45 decay f32': [0, 1.6, 1],
  'DOP853 lorenz': [1.6, 0, 100],
  'DOP853 vdp': [1.6, 0, 100],
  'DOP853 arenstorf': [1.6, 0, 100],
  'DOP853 pleiades': [1.6, 0, 60],
  'Radau robertson': [2.5, 0, 80],
  'Radau vdpStiff': [2.5, 0, 80],
  'Radau hires': [2.5, 0, 80],
  'Radau dense': [1.5, 0, 0],
  'LSODA robertson': [2.5, 0, 10],
  'LSODA vdpStiff': [2.5, 0, 10],
  'LSODA hires': [2.5, 0, 10],
  'BDF robertson': [0, 0, 50],
  'BDF vdpStiff': [0, 0, 50],
  'BDF hires': [0, 0, 50],
  'BDF brusselatorStiff': [0, 0, 1],
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** The figure with its aim; bold where it is missed. */
function cell(value: number | undefined, aim: number, isMost: boolean): string {
  if (value === undefined) return ''
  if (aim === 0) return digits(value)
  const text = `${digits(value)} (${isMost ? '<=' : '>='} ${aim})`
  return (isMost ? value <= aim : value >= aim) ? text : `**${text}**`
}

function racesTable(rows: ReadonlyArray<Race>): string {
  const lines = rows.map(({ problem, method, precision, outcomes, timeRatios, overheadRatios }) => {
    const key = `${method} ${problem}`
    const [compiled, inC, scipy] = AIMS[key] ?? AIMS[`${key} ${precision}`] ?? [0, 0, 0]
    const peer = COMPILED.find((name) => timeRatios[name] !== undefined)
    const faster = timeRatios['scipy'] === undefined ? undefined : 1 / timeRatios['scipy']
    return [
      `${problem}${precision === 'f32' ? ', single' : ''}`,
      method,
      duration(outcomes[0]!.seconds),
      outcomes[0]!.error.toExponential(0),
      peer === undefined ? '' : `${cell(timeRatios[peer], compiled, true)} ${peer}`,
      cell(overheadRatios[IN_C], inC, true),
      cell(faster, scipy, false),
    ]
  })
  const head = [
    'problem',
    'method',
    'time',
    'error',
    'times compiled',
    'overhead, times C',
    'times faster than scipy',
  ]
  return table(head, lines)
}

function leadsTable(rows: ReadonlyArray<Leads>): string {
  const peers = rows[0]!.smallestLeads.map(({ peer }) => peer)
  const lines = rows.map(({ problem, smallestLeads, droppedOut }) => [
    problem,
    ...peers.map((peer) => {
      const ratio = smallestLeads.find((lead) => lead.peer === peer)?.ratio
      if (ratio === undefined) return droppedOut.includes(peer) ? 'dropped out' : ''
      return ratio >= 1 ? digits(ratio) : `**${digits(ratio)}**`
    }),
  ])
  return table(['problem', ...peers], lines)
}

function widthTable(rows: ReadonlyArray<Race>): string {
  const lines = rows.map(({ problem, method, timeRatios, overheadRatios }) => {
    const peer = COMPILED.find((name) => timeRatios[name] !== undefined)!
    const inC = overheadRatios[IN_C]
    return [
      problem,
      method,
      digits(timeRatios[peer]!),
      digits(timeRatios[`${peer}, 128 bits`]!),
      inC === undefined ? '' : digits(inC),
      inC === undefined ? '' : digits(overheadRatios[`${IN_C}, 128 bits`]!),
    ]
  })
  const head = [
    'problem',
    'method',
    'times compiled',
    'the same, 128 bits',
    'overhead, times C',
    'the same, 128 bits',
  ]
  return table(head, lines)
}

interface Change {
  readonly name: string
  readonly before: number
  readonly now: number
  readonly ratio: number
}

function changesTable(rows: ReadonlyArray<Change>): string {
  const lines = rows.map(({ name, before, now, ratio }) => [
    name,
    duration(before),
    duration(now),
    ratio.toFixed(2),
  ])
  return table(['solve', 'before', 'now', 'ratio'], lines)
}

const explicit = readResult('explicit-against-compiled') as {
  machine: string
  node: string
  peers: string[]
  rows: Race[]
}
const implicit = readResult('implicit-against-compiled') as { rows: Race[] }
const width = readResult('vector-width') as { rows: Race[] }
const precision = readResult('work-precision') as { rows: Leads[] }
const changes = readResult('against-commit') as { machine: string; base: string; rows: Change[] }
const scaling = readResult('scaling') as {
  verdicts: { precision: string; growth: number; vectors: number }[]
}
const importing = readResult('import-time') as {
  millisecondsBeyondEmptyModule: { median: number }
}
const [brotli, gzip] = (readResult('bundle-size') as { bundles: { size: number; sizeLimit: number }[] })
  .bundles as [{ size: number; sizeLimit: number }, { size: number; sizeLimit: number }]
const kilobytes = (size: number): string => (size / 1e3).toFixed(1)

const parts: Readonly<Record<string, string>> = {
  machine: `Machine: ${explicit.machine}; Node ${explicit.node}; ${explicit.peers.join(', ')}.`,
  explicit: racesTable(explicit.rows),
  implicit: racesTable(implicit.rows),
  width: widthTable(width.rows),
  leads: leadsTable(precision.rows),
  changes: `Machine: ${changes.machine}; against commit ${changes.base}.\n\n${changesTable(changes.rows)}`,
  size: [
    ...scaling.verdicts.map(
      (verdict) =>
        `- ${verdict.precision === 'f64' ? 'Double' : 'Single'} precision, n = 1e3 to 1e7: time per step and component grows ${verdict.growth.toFixed(1)} times (aim: 6), memory is ${verdict.vectors.toFixed(1)} state vectors with the result (aim: 11, the seven stages and four).`,
    ),
    `- \`import 'solve-ivp'\` takes ${importing.millisecondsBeyondEmptyModule.median.toFixed(1)} ms (aim: 20 ms). Minified it has ${kilobytes(brotli.size)} kB compressed by brotli (budget: ${kilobytes(brotli.sizeLimit)} kB), ${kilobytes(gzip.size)} kB by gzip (budget: ${kilobytes(gzip.sizeLimit)} kB).`,
  ].join('\n'),
}

fillPage('performance', parts)
