/**
 * How close do the explicit methods come to compiled code, and how far from scipy are they? Non-stiff problems, rtol 1e-6, atol 1e-9; in single
 * precision rtol 1.2e-5, below which we do not go, so that all take the same steps.
 * Commands: bash bench/peers/setup.sh, then node bench/explicitAgainstCompiled.ts [problem ...]; all problems together write
 * bench/results/explicit-against-compiled.json.
 */
import { race, boost, fortran, inC, ours, scipy, type Outcome, type Racer } from './lib/race.ts'
import { duration, machine, peerVersions, writeResult } from './lib/report.ts'

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
  const title = `${each.problem}, ${each.method}, ${each.precision}`
  console.log(title)
  const [mine, ...others] = outcomes
  for (const outcome of outcomes) console.log(`  ${line(outcome, mine!)}`)
  return {
    ...each,
    outcomes,
    timeRatios: Object.fromEntries(others.map(({ name, seconds }) => [name, mine!.seconds / seconds])),
    overheadRatios: Object.fromEntries(
      others.map(({ name, overheadSeconds }) => [name, mine!.overheadSeconds / overheadSeconds]),
    ),
  }
})

function line({ name, seconds, overheadSeconds, nfev, error }: Outcome, mine: Outcome): string {
  const time = `${duration(seconds).padStart(8)}, without f ${duration(overheadSeconds).padStart(8)}`
  const ratio = `ours/it ${(mine.seconds / seconds).toPrecision(3).padStart(7)} (${(mine.overheadSeconds / overheadSeconds).toPrecision(3)})`
  return `${name.padEnd(13)} ${time}, nfev ${String(nfev).padStart(5)}, error ${error.toExponential(1)}, ${ratio}`
}

if (chosen.length === 0) {
  writeResult('explicit-against-compiled', {
    command: 'node bench/explicitAgainstCompiled.ts',
    ...machine(),
    peers: peerVersions(),
    rtol: RTOL,
    atol: ATOL,
    rounds: ROUNDS,
    secondsPerRound: BUDGET,
    rows,
  })
}
