/**
 * How close do the explicit methods come to compiled code, and how far from scipy are they? Non-stiff problems, rtol 1e-6, atol 1e-9; in single
 * precision rtol 1.2e-5, below which we do not go, so that all take the same steps.
 * Commands: bash bench/peers/setup.sh, then node bench/explicitAgainstCompiled.ts [problem ...]; all problems together write
 * bench/results/explicit-against-compiled.json.
 */
import { race, boost, fortran, inC, ours, scipy, type Racer } from './lib/race.ts'
import { printRace, ratiosOf, writeRaces } from './lib/raceReport.ts'

const ROUNDS = 4
const BUDGET = 0.5
const RTOL = { f64: 1e-6, f32: 1.2e-5 }
const ATOL = 1e-9

interface Race {
  readonly problem: string
  readonly method: 'RK45' | 'DOP853'
  readonly precision: 'f64' | 'f32'
}

const SMALL = ['lorenz', 'vdp', 'arenstorf', 'pleiades']
const RACES: Race[] = [
  ...[...SMALL, 'brusselator', 'layer', 'decay'].map(
    (problem) => ({ problem, method: 'RK45', precision: 'f64' }) as const,
  ),
  { problem: 'decay', method: 'RK45', precision: 'f32' },
  ...SMALL.map((problem) => ({ problem, method: 'DOP853', precision: 'f64' }) as const),
]

function racersOf({ method, precision }: Race): Racer[] {
  if (method === 'DOP853') return [ours('DOP853'), fortran('dop853'), scipy('DOP853')]
  const hairer = precision === 'f64' ? [fortran('dopri5')] : []
  return [ours('RK45', precision), ...hairer, inC(precision), boost(precision), scipy('RK45', precision)]
}

const chosen = process.argv.slice(2)
const rows = RACES.filter(({ problem }) => chosen.length === 0 || chosen.includes(problem)).map((each) => {
  const outcomes = race(
    racersOf(each),
    { problem: each.problem, rtol: RTOL[each.precision], atol: ATOL, budget: BUDGET },
    ROUNDS,
  )
  printRace(`${each.problem}, ${each.method}, ${each.precision}`, outcomes)
  return { ...each, outcomes, ...ratiosOf(outcomes) }
})

if (chosen.length === 0) {
  const conditions = { rtol: RTOL, atol: ATOL, rounds: ROUNDS, secondsPerRound: BUDGET }
  writeRaces('explicit-against-compiled', 'bench/explicitAgainstCompiled.ts', conditions, rows)
}
