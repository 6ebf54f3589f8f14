/**
 * How long does each solver take for how much precision, and is our best method ahead of every other JavaScript solver on every problem?
 * Time of a whole solve against the error at t1, over tolerances a decade apart, atol = rtol / 1000.
 * Commands: bash bench/peers/setup.sh, then node bench/workPrecision.ts [problem ...] (all: about 8 minutes). Problems named replace their rows
 * in bench/results/work-precision.json, as long as machine and versions are the same; work-precision.svg, work-precision-stiff.svg and
 * the PNGs beside them are drawn from all rows.
 */
import { ATOL_PER_RTOL, measureCurve, type Entrant } from './lib/measureCurve.ts'
import { errorOf, fortran, javascriptPeer, ours, referenceOf, scipy } from './lib/race.ts'
import { duration, machine, peerVersions, readResult, writeResult } from './lib/report.ts'
import { writeFigure } from './lib/figure.ts'
import { leads, smallestLead, type Curve, type Lead } from './lib/workPrecision.ts'
import { workPrecisionFigure } from './lib/workPrecisionFigure.ts'

const BUDGET = { ours: 0.25, javascript: 0.25, compiled: 0.06, scipy: 0.1 } as const
/** Errors of fewer times the reference's uncertainty tell nothing. */
const RESOLVED = 3
/** The reference is solved again with tolerances this many times as large. */
const LOOSER = 3

/** The decades from 10^-first to 10^-last. */
const decades = (first: number, last: number, every = 1): number[] => {
  const rtols: number[] = []
  for (let power = first; power <= last; power += every) rtols.push(Number(`1e-${power}`))
  return rtols
}

const mine = (method: string, rtols: ReadonlyArray<number>): Entrant => ({
  name: method,
  kind: 'ours',
  racer: ours(method),
  rtols,
  budget: BUDGET.ours,
})
const compiled = (method: string): Entrant => ({
  name: method,
  kind: 'compiled',
  racer: fortran(method),
  rtols: decades(4, 10, 2),
  budget: BUDGET.compiled,
})
const python = (method: string): Entrant => ({
  name: method,
  kind: 'scipy',
  racer: scipy(method),
  rtols: decades(4, 8, 2),
  budget: BUDGET.scipy,
})
const javascript = (name: string, rtols: ReadonlyArray<number>): Entrant => ({
  name,
  kind: 'javascript',
  racer: javascriptPeer(name),
  rtols,
  budget: BUDGET.javascript,
})
const JAVASCRIPT = ['odex', 'ode45-cash-karp', 'numeric', 'mathjs']

const FIGURES = [
  {
    file: 'work-precision',
    title: 'Work and precision, non-stiff problems',
    problems: ['lorenz', 'vdp', 'arenstorf', 'pleiades', 'brusselator', 'layer'],
    entrants: [
      mine('DOP853', decades(3, 13)),
      mine('RK45', decades(3, 10)),
      mine('LSODA', decades(3, 9)),
      mine('RK23', decades(3, 6)),
      // mathjs is so far behind, and takes so long to load, that every other decade will do
      ...JAVASCRIPT.map((name) => javascript(name, decades(3, 10, name === 'mathjs' ? 2 : 1))),
      ...['dop853', 'dopri5', 'lsoda'].map(compiled),
      ...['DOP853', 'RK45'].map(python),
    ],
  },
  {
    file: 'work-precision-stiff',
    title: 'Work and precision, stiff problems',
    problems: ['robertson', 'vdpStiff', 'hires', 'brusselatorStiff', 'dense'],
    entrants: [
      mine('Radau', decades(3, 11)),
      mine('LSODA', decades(3, 11)),
      mine('BDF', decades(3, 10)),
      // Explicit methods, whose steps are bound by stability: few tolerances tell it all
      mine('DOP853', decades(4, 10, 3)),
      ...JAVASCRIPT.map((name) => javascript(name, decades(4, 10, 3))),
      ...['radau5', 'lsoda'].map(compiled),
      ...['Radau', 'LSODA'].map(python),
    ],
  },
]

interface Row {
  readonly problem: string
  /** Smaller errors count as this one: the reference is not more certain. */
  readonly resolvedError: number
  readonly curves: ReadonlyArray<Curve>
  readonly smallestLeads: ReadonlyArray<{ readonly peer: string } & Lead>
  /** JavaScript solvers without a point. */
  readonly droppedOut: ReadonlyArray<string>
}

function measure(problem: string, entrants: ReadonlyArray<Entrant>): Row {
  const y = referenceOf(problem)
  const uncertainty = RESOLVED * errorOf(Array.from(referenceOf(problem, LOOSER)), y)
  console.log(`${problem}: errors can be told down to ${uncertainty.toExponential(0)}`)
  const curves = entrants.map((entrant) => {
    const curve = measureCurve(entrant, problem, { y, uncertainty })
    const points = curve.points.map(
      ({ error, seconds }) => `${error.toExponential(0)} ${duration(seconds, 2)}`,
    )
    const notes = curve.ended === undefined ? '' : ` (${curve.ended})`
    console.log(`  ${entrant.kind} ${entrant.name}: ${points.join(', ')}${notes}`)
    return curve
  })
  const own = curves.filter(({ kind }) => kind === 'ours')
  const peers = curves.filter(({ kind }) => kind === 'javascript')
  const smallestLeads = peers.flatMap((peer) => {
    const lead = smallestLead(leads(own, peer, uncertainty))
    return lead === null ? [] : [{ peer: peer.name, ...lead }]
  })
  const droppedOut = peers.filter(({ points }) => points.length === 0).map(({ name }) => name)
  return { problem, resolvedError: uncertainty, curves, smallestLeads, droppedOut }
}

interface Report {
  readonly machine: string
  readonly node: string
  readonly peers: ReadonlyArray<string>
  readonly rows: ReadonlyArray<Row>
}

const known = FIGURES.flatMap(({ problems, entrants }) => problems.map((problem) => ({ problem, entrants })))
const chosen = process.argv.slice(2)
const unknown = chosen.find((name) => known.every(({ problem }) => problem !== name))
if (unknown !== undefined) throw new RangeError(`${unknown} is none of ${known.map(({ problem }) => problem).join(', ')}`) // prettier-ignore

const versions = { ...machine(), peers: peerVersions() }
const earlier = readResult('work-precision') as Report | null
const isComparable =
  earlier !== null &&
  JSON.stringify(versions) ===
    JSON.stringify({ machine: earlier.machine, node: earlier.node, peers: earlier.peers })
const rows = known.flatMap(({ problem, entrants }): Row[] => {
  if (chosen.length === 0 || chosen.includes(problem)) return [measure(problem, entrants)]
  return isComparable ? earlier.rows.filter((row) => row.problem === problem) : []
})

console.log(
  '\nOther JavaScript solvers: their time over that of our best method at the same error, where it is least',
)
for (const { problem, smallestLeads, droppedOut } of rows) {
  const peers = smallestLeads.map(({ peer, ratio, method, point }) => {
    const times = ratio === null ? 'more precise than ours' : `${ratio.toPrecision(3)} (${method})`
    return `${peer} ${times} at ${point.error.toExponential(0)}`
  })
  console.log(`  ${problem}: ${[...peers, ...droppedOut.map((name) => `${name} dropped out`)].join(', ')}`)
}
const behind = rows.flatMap(({ problem, smallestLeads }) =>
  smallestLeads.filter(({ ratio }) => ratio === null || ratio <= 1).map(({ peer }) => `${problem}: ${peer}`),
)
const isAhead = behind.length === 0
console.log(
  `Our best method is ${isAhead ? '' : 'NOT '}ahead of every other JavaScript solver on every one of ${rows.length} problems${isAhead ? '' : ` (${behind.join(', ')})`}.`,
)

writeResult('work-precision', {
  command: 'node bench/workPrecision.ts',
  ...versions,
  atolPerRtol: ATOL_PER_RTOL,
  secondsPerPoint: BUDGET,
  claim: 'our best method is ahead of every other JavaScript solver on every problem',
  isTrue: isAhead,
  behind,
  rows,
})
for (const { file, title, problems, entrants } of FIGURES) {
  const panels = rows.filter(({ problem }) => problems.includes(problem))
  if (panels.length === 0) continue
  const titled = panels.map(({ problem, curves }) => ({ title: problem, curves }))
  writeFigure(file, workPrecisionFigure(title, titled, entrants))
}
