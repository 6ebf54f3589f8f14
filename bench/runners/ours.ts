/** `solveIvp` on one request from standard input. Argument: f64 (default) or f32. */
import { solveIvp, type FloatArray, type IvpOptions } from '../../src/ivp/index.ts'
import { bestTime } from '../lib/bestTime.ts'
import { problemNamed } from '../lib/problems.ts'
import { readRequest, sendAnswer } from '../lib/protocol.ts'

const { problem, method, rtol, atol, budget } = readRequest()
const { t1, y0, band, rhs } = problemNamed(problem)
const start: FloatArray = process.argv[2] === 'f32' ? Float32Array.from(y0) : Float64Array.from(y0)
const bands = band === undefined ? {} : { lband: band[0], uband: band[1] }
const solve = (): ReturnType<typeof solveIvp> =>
  solveIvp(rhs as never, [0, t1], start, {
    method: method as NonNullable<IvpOptions['method']>,
    rtol,
    atol,
    inPlace: true,
    save: 'last',
    ...bands,
  })

const { status, message, nfev, states } = solve()
if (status !== 0) throw new Error(`${method} on ${problem}: ${message}`)
const seconds = bestTime(solve, budget)
const out = start.slice()
const rhsSeconds = bestTime(() => rhs(0, start, out), 0.05)
sendAnswer({ seconds, rhsSeconds, nfev, y: Array.from(states[0]!) })
