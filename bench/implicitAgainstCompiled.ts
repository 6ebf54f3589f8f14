/**
 * How close do the implicit methods come to compiled code, and how far from scipy are they? Stiff problems, finite-difference Jacobians,
 * rtol 1e-6, atol 1e-10.
 * Commands: bash bench/peers/setup.sh, then node bench/implicitAgainstCompiled.ts [problem ...]; all problems together write
 * bench/results/implicit-against-compiled.json.
 */
import { race, fortran, ours, scipy, type Racer } from './lib/race.ts'
import { printRace, ratiosOf, writeRaces } from './lib/raceReport.ts'

const ROUNDS = 2
const BUDGET = 0.6
const RTOL = 1e-6
const ATOL = 1e-10

type Method = 'Radau' | 'BDF' | 'LSODA'

/** The code that each method is held against; there is no compiled BDF among the peers. */
const RACERS: Readonly<Record<Method, ReadonlyArray<Racer>>> = {
  Radau: [ours('Radau'), fortran('radau5'), scipy('Radau')],
  BDF: [ours('BDF'), scipy('BDF')],
  LSODA: [ours('LSODA'), fortran('lsoda'), scipy('LSODA')],
}

/** n = 3, 2, 8, 100 with a full Jacobian, 1000 with a banded one. */
const PROBLEMS = ['robertson', 'vdpStiff', 'hires', 'dense', 'brusselatorStiff']
const METHODS = Object.keys(RACERS) as Method[]

const chosen = process.argv.slice(2)
const rows = PROBLEMS.filter((problem) => chosen.length === 0 || chosen.includes(problem)).flatMap(
  (problem) =>
    METHODS.map((method) => {
      const request = { problem, rtol: RTOL, atol: ATOL, budget: BUDGET }
      const outcomes = race(RACERS[method], request, ROUNDS)
      printRace(`${problem}, ${method}`, outcomes)
      return { problem, method, outcomes, ...ratiosOf(outcomes) }
    }),
)

if (chosen.length === 0) {
  const conditions = { rtol: RTOL, atol: ATOL, rounds: ROUNDS, secondsPerRound: BUDGET }
  writeRaces('implicit-against-compiled', 'bench/implicitAgainstCompiled.ts', conditions, rows)
}
