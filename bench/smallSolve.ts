/**
 * What does a small solve cost before its second step, and what does an evaluation? RK45 on Lorenz's system, rtol 1e-6, atol 1e-9, beside
 * ode45-cash-karp, whose code is written out for one tableau.
 * Commands: npm ci in bench/peers, then node bench/smallSolve.ts; writes bench/results/small-solve.json.
 */
import { readFileSync } from 'node:fs'
import { solveIvp } from '../src/ivp/index.ts'
import { bestTime } from './lib/bestTime.ts'
import { problemNamed } from './lib/problems.ts'
import { javascriptPeer, ours, race } from './lib/race.ts'
import { duration, machine, writeResult } from './lib/report.ts'

const CONDITIONS = { problem: 'lorenz', rtol: 1e-6, atol: 1e-9, budget: 0.5 }
const ROUNDS = 4
/** So short that one step reaches its end. */
const SHORT = 1e-6

const { y0, rhs } = problemNamed(CONDITIONS.problem)
const start = Float64Array.from(y0)
const { rtol, atol, budget } = CONDITIONS
const solveTo = (t1: number): ReturnType<typeof solveIvp> =>
  solveIvp(rhs as never, [0, t1], start, { rtol, atol, inPlace: true, save: 'last' })

// Compiled for many steps, as in a program that solves more than once
bestTime(() => solveTo(1), budget)
const { nsteps, nfev } = solveTo(SHORT)
if (nsteps !== 1) throw new Error(`the short solve takes ${nsteps} steps`)
let ofOneStep = Infinity
for (let round = 0; round < ROUNDS; round++)
  ofOneStep = Math.min(
    ofOneStep,
    bestTime(() => solveTo(SHORT), budget),
  )
console.log(`a solve of one step, ${nfev} evaluations: ${duration(ofOneStep)}`)

const rows = race([ours('RK45'), javascriptPeer('ode45-cash-karp')], CONDITIONS, ROUNDS).map((outcome) => ({
  ...outcome,
  secondsPerEvaluation: outcome.seconds / outcome.nfev,
}))
for (const { name, secondsPerEvaluation, rhsSeconds } of rows)
  console.log(
    `${name}: ${(1e9 * secondsPerEvaluation).toPrecision(3)} ns for an evaluation, of which f ${(1e9 * rhsSeconds).toPrecision(2)}`,
  )
const { version } = JSON.parse(
  readFileSync(new URL('peers/node_modules/ode45-cash-karp/package.json', import.meta.url), 'utf8'),
) as { version: string }
writeResult('small-solve', {
  command: 'node bench/smallSolve.ts',
  ...machine(),
  peers: [`ode45-cash-karp ${version}`],
  ...CONDITIONS,
  rounds: ROUNDS,
  ofOneStep: { seconds: ofOneStep, nfev },
  rows,
})
