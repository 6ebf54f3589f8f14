/** Prints the bytes that a step of each method allocates, one JSON object a line; null if the garbage collector came by in every run. For allocation.test.ts. */
import { solveIvp, type AdaptiveMethod, type FloatArray } from '../../src/ivp/index.ts'

/** Many, since the heap's use is known to the nearest page only. */
const STEPS = 1_000_000

const circle = (_t: number, y: FloatArray, dydt: FloatArray): void => {
  for (let i = 0; i + 1 < y.length; i += 2) {
    dydt[i] = y[i + 1]!
    dydt[i + 1] = -y[i]!
  }
}

function take(y0: FloatArray, method: AdaptiveMethod, maxSteps: number): void {
  const options = { method, inPlace: true, save: 'last', rtol: 1e-5, maxStep: 1e-2, maxSteps } as const
  const { failure } = solveIvp(circle, [0, 1e9], y0, options)
  if (failure?.kind !== 'maxSteps') throw new Error(`${method} took less than ${maxSteps} steps`)
}

function allocated(run: () => void): number {
  const before = process.memoryUsage().heapUsed
  run()
  return process.memoryUsage().heapUsed - before
}

for (const [method, y0] of [
  ['RK45', new Float64Array(2)],
  ['RK45', new Float64Array(28)],
  ['RK45', new Float32Array(28)],
  ['RK23', new Float64Array(4)],
  ['DOP853', new Float64Array(6)],
] as const) {
  y0.fill(1)
  // Until everything is compiled
  take(y0, method, STEPS / 4)
  let bytes = -1
  for (let run = 0; run < 10 && bytes < 0; run++) {
    bytes = allocated(() => take(y0, method, STEPS)) / STEPS
  }
  const name = `${method}, ${y0.constructor.name}, n = ${y0.length}`
  console.log(JSON.stringify({ name, bytes: bytes < 0 ? null : bytes }))
}
