/** Prints the bytes that a step of each method allocates, one JSON object a line. For allocation.test.ts. */
import { solveIvp, type AdaptiveMethod, type FloatArray } from '../../src/ivp/index.ts'

const STEPS = 500_000

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
  take(y0, method, STEPS)
  const runs = Array.from({ length: 3 }, () => allocated(() => take(y0, method, STEPS)) / STEPS)
  const name = `${method}, ${y0.constructor.name}, n = ${y0.length}`
  console.log(JSON.stringify({ name, bytes: Math.min(...runs) }))
}
