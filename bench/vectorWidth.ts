/**
 * How much of our distance to compiled code comes from instructions that wasm lacks? The compiled codes once with all that this machine has, once
 * with what wasm has: vectors of 128 bits, no fused multiply-add. Non-stiff problems, rtol 1e-6, atol 1e-9.
 * Commands: bash bench/peers/setup.sh (x86-64 only), then node bench/vectorWidth.ts [problem ...]; all problems together write
 * bench/results/vector-width.json.
 */
import { fortran, inC, ours, race, type Racer } from './lib/race.ts'
import { printRace, ratiosOf, writeRaces } from './lib/raceReport.ts'

const CONDITIONS = { rtol: 1e-6, atol: 1e-9, rounds: 4, secondsPerRound: 0.5 }

const RACES = [
  ...['lorenz', 'vdp', 'arenstorf', 'pleiades', 'brusselator'].map((problem) => ({
    problem,
    method: 'RK45' as const,
  })),
  ...['lorenz', 'vdp', 'arenstorf', 'pleiades'].map((problem) => ({ problem, method: 'DOP853' as const })),
]

function racersOf(method: 'RK45' | 'DOP853'): Racer[] {
  if (method === 'DOP853') return [ours('DOP853'), fortran('dop853'), fortran('dop853', '128 bits')]
  return [ours('RK45'), fortran('dopri5'), fortran('dopri5', '128 bits'), inC('f64'), inC('f64', '128 bits')]
}

const chosen = process.argv.slice(2)
const rows = RACES.filter(({ problem }) => chosen.length === 0 || chosen.includes(problem)).map((each) => {
  const { rtol, atol, rounds, secondsPerRound: budget } = CONDITIONS
  const outcomes = race(racersOf(each.method), { problem: each.problem, rtol, atol, budget }, rounds)
  printRace(`${each.problem}, ${each.method}`, outcomes)
  return { ...each, outcomes, ...ratiosOf(outcomes) }
})
if (chosen.length === 0) writeRaces('vector-width', 'bench/vectorWidth.ts', CONDITIONS, rows)
