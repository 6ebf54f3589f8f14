/** Prints the bytes that a step of each method allocates and its evaluations, one JSON object a line. For allocation.test.ts. */
import { solveIvp, type AdaptiveMethod, type FloatArray } from '../../src/ivp/index.ts'

const STEPS = 500_000

const circle = (_t: number, y: FloatArray, dydt: FloatArray): void => {
  for (let i = 0; i + 1 < y.length; i += 2) {
    dydt[i] = y[i + 1]!
    dydt[i + 1] = -y[i]!
  }
}

/** The same with a term that changes its Jacobian. */
const pendulum = (t: number, y: FloatArray, dydt: FloatArray): void => {
  circle(t, y, dydt)
  for (let i = 1; i < y.length; i += 2) dydt[i] = dydt[i]! + 1e-3 * y[i - 1]! * y[i - 1]!
}

const IMPLICIT: ReadonlySet<string> = new Set(['Radau', 'BDF', 'LSODA'])

/** Returns the number of evaluations. */
function take(y0: FloatArray, method: AdaptiveMethod | 'RK4', maxSteps: number): number {
  const common = { inPlace: true, save: 'last', maxSteps } as const
  const { failure, nfev } =
    method === 'RK4'
      ? solveIvp(circle, [0, 1e9], y0, { ...common, method, step: 1e-2 })
      : solveIvp(IMPLICIT.has(method) ? pendulum : circle, [0, 1e9], y0, {
          ...common,
          method,
          rtol: 1e-5,
          maxStep: 1e-2,
        })
  if (failure?.kind !== 'maxSteps') throw new Error(`${method} took less than ${maxSteps} steps`)
  return nfev
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
  // Equal steps
  ['RK4', new Float64Array(4)],
  // Factors written out, in plain loops, in wasm
  ['Radau', new Float64Array(2)],
  ['Radau', new Float64Array(4)],
  ['Radau', new Float64Array(8)],
  ['BDF', new Float64Array(2)],
  ['BDF', new Float64Array(8)],
  ['LSODA', new Float64Array(2)],
  ['LSODA', new Float64Array(8)],
] as const) {
  y0.fill(1)
  // Until everything is compiled
  const steps = IMPLICIT.has(method) ? STEPS / 4 : STEPS
  const evaluations = take(y0, method, steps) / steps
  const runs = Array.from({ length: 3 }, () => allocated(() => take(y0, method, steps)) / steps)
  const name = `${method}, ${y0.constructor.name}, n = ${y0.length}`
  // The middle one: now and then the garbage collector comes by all the same
  const bytes = runs.sort((a, b) => a - b)[1]
  console.log(JSON.stringify({ name, bytes, evaluations }))
}
