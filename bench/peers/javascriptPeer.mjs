/** One of npm's other ODE solvers on one request from standard input. The request's method is the package's name. */
import { createRequire } from 'node:module'
import { bestTime } from '../lib/bestTime.ts'
import { problemNamed } from '../lib/problems.ts'
import { readRequest, sendAnswer } from '../lib/protocol.ts'

const require = createRequire(import.meta.url)
const { problem, method, rtol, atol, budget } = readRequest()
const { t1, y0, rhs } = problemNamed(problem)
const n = y0.length
const empty = y0.map(() => 0)
let nfev = 0

/** For solvers that want dy/dt returned as a fresh array. */
const returning = (t, y) => {
  nfev++
  const dydt = empty.slice()
  rhs(t, y, dydt)
  return dydt
}

/** Each gives the state at t1. */
const PEERS = {
  odex() {
    const { Solver } = require('odex')
    return () => {
      const solver = new Solver(n)
      solver.relativeTolerance = rtol
      solver.absoluteTolerance = atol
      solver.maxSteps = 1e7
      return solver.solve(returning, 0, y0, t1).y
    }
  },
  mathjs() {
    const { create, solveODEDependencies } = require('mathjs')
    const { solveODE } = create(solveODEDependencies)
    // One absolute tolerance is all that it has
    return () => solveODE(returning, [0, t1], y0, { method: 'RK45', tol: rtol, maxIter: 1e7 }).y.at(-1)
  },
  numeric() {
    const numeric = require('numeric')
    // One relative tolerance of the largest component
    return () => {
      const solution = numeric.dopri(0, t1, y0, returning, rtol, 1e7)
      return solution.y.at(-1)
    }
  },
  'ode45-cash-karp'() {
    const integrator = require('ode45-cash-karp')
    const start = Float64Array.from(y0)
    const inPlace = (dydt, y, t) => {
      nfev++
      rhs(t, y, dydt)
    }
    const options = {
      tol: rtol,
      verbose: false,
      // Its default scale, |y| + |dt y'|, with our atol in the place of 1e-32
      errorScaleFunction: (_i, dt, y, dydt) => Math.abs(y) + Math.abs(dt * dydt) + atol / rtol,
    }
    return () => {
      const y = start.slice()
      integrator(y, inPlace, 0, t1 * 1e-4, options).steps(Infinity, t1)
      return y
    }
  },
}

const solve = PEERS[method]()
const y = Array.from(solve())
const calls = nfev
const seconds = bestTime(solve, budget)
const start = Float64Array.from(y0)
const out = start.slice()
const rhsSeconds = bestTime(() => rhs(0, start, out), 0.05)
sendAnswer({ seconds, rhsSeconds, nfev: calls, y })
