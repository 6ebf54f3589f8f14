/**
 * Has the solver become slower since a commit? Both run in one process that solves everything in turn, as in a program that does so; each number is the
 * least of several rounds.
 * Commands: node bench/againstCommit.ts --base COMMIT [--only TEXT]; all cases together write bench/results/against-commit.json.
 */
import { parseArgs } from 'node:util'
import type { IvpOptions } from '../src/ivp/index.ts'
import { bestTime } from './lib/bestTime.ts'
import { commitNamed, solverHere, solverOf } from './lib/earlierSource.ts'
import { decay, problemNamed, type Problem } from './lib/problems.ts'
import { duration, machine, writeResult } from './lib/report.ts'

const { values } = parseArgs({ options: { base: { type: 'string' }, only: { type: 'string' } } })
if (values.base === undefined) throw new Error('--base COMMIT: against which commit?')
const base = commitNamed(values.base)

const ROUNDS = 8
const BUDGET = 0.15
const TOLERANCE = { rtol: 1e-6, atol: 1e-9 }

interface Case {
  readonly name: string
  readonly problem: Problem
  readonly options: IvpOptions<Float64Array, []>
  /** Default: the problem's. */
  readonly t1?: number
  /** In the place of the problem's, which writes to its third argument. */
  readonly returning?: (t: number, y: Float64Array) => number[]
  readonly isSingle?: boolean
}

/** The heat equation on n points. */
function heat(n: number): Problem {
  return {
    t1: 0.2,
    y0: Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 1)) / (n + 1))),
    rhs(_t, y, dydt) {
      for (let i = 0; i < n; i++) dydt[i] = (y[i - 1] ?? 0) - 2 * y[i]! + (y[i + 1] ?? 0)
    },
  }
}

const lorenz = problemNamed('lorenz')
/** The same as it is written without `inPlace`. */
const returning = (_t: number, y: Float64Array): number[] => {
  const [a, b, c] = [y[0]!, y[1]!, y[2]!]
  return [10 * (b - a), a * (28 - c) - b, a * b - (8 / 3) * c]
}
const robertson = problemNamed('robertson')
const last = { save: 'last' } as const
const tEval = Array.from({ length: 50 }, (_, i) => i / 10)
const crossing = (_t: number, y: ArrayLike<number>): number => y[0]!
const large = decay(200_000)

const CASES: ReadonlyArray<Case> = [
  { name: 'Lorenz, RK45, in place, the last state', problem: lorenz, options: last },
  { name: 'Lorenz, RK45, returning, the last state', problem: lorenz, options: last, returning },
  { name: 'Lorenz, RK45, returning, all states', problem: lorenz, options: {}, returning },
  { name: 'Lorenz, RK45, in place, denseOutput', problem: lorenz, options: { denseOutput: true } },
  { name: 'Lorenz, RK45, in place, tEval', problem: lorenz, options: { tEval } },
  { name: 'Lorenz, RK45, in place, an event', problem: lorenz, options: { events: crossing } },
  { name: 'Lorenz, DOP853, in place', problem: lorenz, options: { ...last, method: 'DOP853' } },
  { name: 'Lorenz, RK23, in place', problem: lorenz, options: { ...last, method: 'RK23' } },
  { name: 'Lorenz, RK4, in place', problem: lorenz, options: { ...last, method: 'RK4', step: 0.01 } },
  { name: 'Lorenz, RK45, one step', problem: lorenz, options: last, t1: 1e-6 },
  { name: 'Pleiades, RK45, in place', problem: problemNamed('pleiades'), options: last },
  { name: 'Heat, 28 points, RK45, in place', problem: heat(28), options: last, t1: 20 },
  { name: 'Heat, 1,000 points, RK45, in place', problem: heat(1000), options: last, t1: 20 },
  { name: 'Decay, 200,000 components, RK45, in place', problem: large, options: last },
  {
    name: 'Decay, 200,000 in single precision',
    problem: large,
    options: { ...last, rtol: 1e-4 },
    isSingle: true,
  },
  { name: 'Robertson, Radau, in place', problem: robertson, options: { ...last, method: 'Radau' } },
  { name: 'Robertson, BDF, in place', problem: robertson, options: { ...last, method: 'BDF' } },
  { name: 'Robertson, LSODA, in place', problem: robertson, options: { ...last, method: 'LSODA' } },
  ...(['Radau', 'BDF', 'LSODA'] as const).map((method) => ({
    name: `HIRES, ${method}, in place`,
    problem: problemNamed('hires'),
    options: { ...last, method },
  })),
  { name: 'Lorenz, LSODA, in place', problem: lorenz, options: { ...last, method: 'LSODA' } },
  {
    name: 'Brusselator, 1,000 components, BDF, banded',
    problem: problemNamed('brusselatorStiff'),
    options: { ...last, method: 'BDF', lband: 2, uband: 2 },
  },
]

const chosen = CASES.filter(({ name }) => values.only === undefined || name.includes(values.only))
const solvers = { before: await solverOf(base), now: await solverHere() }

const runs = chosen.map(({ problem, options, t1 = problem.t1, returning, isSingle = false }) => {
  const y0 = (isSingle ? Float32Array : Float64Array).from(problem.y0) as Float64Array
  const all = { ...TOLERANCE, inPlace: returning === undefined, ...options }
  const [before, now] = [solvers.before, solvers.now].map(({ solveIvp }) => () => {
    const { success, message } = solveIvp((returning ?? problem.rhs) as never, [0, t1], y0, all as never)
    if (!success) throw new Error(message)
  })
  return { before: before!, now: now! }
})

const rows = chosen.map(({ name }) => ({ name, before: Infinity, now: Infinity }))
for (let round = 0; round <= ROUNDS; round++) {
  runs.forEach((run, i) => {
    // Who comes first changes: the second finds the caches of the processor warm
    for (const which of round % 2 === 0 ? (['before', 'now'] as const) : (['now', 'before'] as const)) {
      const seconds = bestTime(run[which], BUDGET)
      // The first round compiles
      if (round > 0) rows[i]![which] = Math.min(rows[i]![which], seconds)
    }
  })
}
for (const { name, before, now } of rows)
  console.log(`${name.padEnd(48)} ${duration(before)} -> ${duration(now)}  ${(now / before).toFixed(2)}`)
if (values.only === undefined)
  writeResult('against-commit', {
    command: `node bench/againstCommit.ts --base ${base}`,
    ...machine(),
    base,
    ...TOLERANCE,
    rounds: ROUNDS,
    secondsPerRound: BUDGET,
    rows: rows.map((row) => ({ ...row, ratio: row.now / row.before })),
  })
