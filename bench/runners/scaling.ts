/** RK45 on n components of y' = -y / 2: time, and memory beside y0's own. Arguments: n, then f64 or f32. Prints one line of JSON. */
import { solveIvp, type FloatArray } from '../../src/ivp/index.ts'
import { bestTime } from '../lib/bestTime.ts'
import { decay } from '../lib/problems.ts'

const BUDGET = 0.3
const [size, precision] = process.argv.slice(2)
const n = Number(size)
const { t1, rhs } = decay(1)

function initialState(length: number): FloatArray {
  const y0 = precision === 'f32' ? new Float32Array(length) : new Float64Array(length)
  for (let i = 0; i < length; i++) y0[i] = 1 + i / length
  return y0
}

/** Calls of f besides the six of each attempted step: f(t0, y0), and one for the first step's size. */
const CALLS_AT_START = 2
const CALLS_PER_ATTEMPT = 6

type Rhs = typeof rhs
const solve = (fun: Rhs, y0: FloatArray): ReturnType<typeof solveIvp> =>
  solveIvp(fun as never, [0, t1], y0, { rtol: 1e-6, atol: 1e-9, inPlace: true, save: 'last' })

const buffers = (): number => {
  const { arrayBuffers, external } = process.memoryUsage()
  // Of V8's external memory the array buffers are a part
  return Math.max(arrayBuffers, external)
}
const bytesOfPeak = (): number => process.resourceUsage().maxRSS * 1024

// So that code, and the small change of a first solve, count as there before
solve(rhs, initialState(16))

const y0 = initialState(n)
const before = { buffers: buffers(), resident: process.memoryUsage.rss() }
const inVectors = (bytes: number): number => bytes / y0.byteLength
const seen: number[] = []
const { nfev, status, message } = solve((t, y, dydt) => {
  seen.push(buffers() - before.buffers)
  rhs(t, y, dydt)
}, y0)
if (status !== 0) throw new Error(message)
const atEnd = buffers() - before.buffers
const residentPeak = bytesOfPeak() - before.resident

const attempts = (nfev - CALLS_AT_START) / CALLS_PER_ATTEMPT
const seconds = bestTime(() => solve(rhs, y0), BUDGET)
const out = y0.slice()
const rhsSeconds = bestTime(() => rhs(0, y0, out), 0.05)
console.log(
  JSON.stringify({
    n,
    precision,
    attempts,
    nanosecondsPerStepAndComponent: (1e9 * seconds) / attempts / n,
    nanosecondsPerCallAndComponent: (1e9 * rhsSeconds) / n,
    // Buffers allocated beside y0, in state vectors: when f is called first, at most while stepping, and with the returned state
    vectorsAtFirstCall: inVectors(seen[0]!),
    vectorsWhileStepping: inVectors(Math.max(...seen)),
    vectorsWithResult: inVectors(Math.max(...seen, atEnd)),
    // Growth of the process from before the solve to its peak
    vectorsResident: inVectors(residentPeak),
  }),
)
