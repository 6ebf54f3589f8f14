/**
 * Prints the bytes that a step of each method allocates, its evaluations and its Jacobians, one JSON object a line. For allocation.test.ts.
 * With the argument `others` the process has solved with other right-hand sides before: V8 then calls a right-hand side instead of putting
 * it in line.
 */
import { GCProfiler } from 'node:v8'
import { solveIvp, type AdaptiveMethod, type FloatArray } from '../../src/ivp/index.ts'

const STEPS = 25_000
const RUNS = 8

type Rhs = (t: number, y: FloatArray, dydt: FloatArray) => void

/** Springs that are not quite linear, so that their Jacobian changes, and shaken, so that the time is looked at. */
const springs: Rhs = (t, y, dydt) => {
  for (let i = 0; i + 1 < y.length; i += 2) {
    dydt[i] = y[i + 1]!
    dydt[i + 1] = -y[i]! + 1e-3 * (y[i]! * y[i]! + Math.sin(2 * t))
  }
}

/** Springs with different frequencies. */
const detuned: Rhs = (t, y, dydt) => {
  springs(t, y, dydt)
  for (let i = 1; i < y.length; i += 2) dydt[i] = dydt[i]! * i
}

type Steps = 'equal' | 'free'
type Counts = ReturnType<typeof take>

function take(fun: Rhs, y0: FloatArray, method: AdaptiveMethod | 'RK4', steps: Steps, maxSteps: number) {
  const common = { inPlace: true, save: 'last', maxSteps } as const
  const result =
    method === 'RK4'
      ? solveIvp(fun, [0, 1e9], y0, { ...common, method, step: 1e-2 })
      : solveIvp(fun, [0, 1e9], y0, {
          ...common,
          method,
          rtol: 1e-5,
          maxStep: steps === 'equal' ? 1e-2 : Infinity,
        })
  if (result.failure?.kind !== 'maxSteps') throw new Error(`${method} took less than ${maxSteps} steps`)
  return result
}

/** Infinity if the garbage collector came by. */
function allocated(run: () => void): number {
  const profiler = new GCProfiler()
  profiler.start()
  const before = process.memoryUsage().heapUsed
  run()
  const bytes = process.memoryUsage().heapUsed - before
  return profiler.stop()!.statistics.length > 0 ? Infinity : bytes
}

/** The least that one run allocates: before everything is compiled it is more. */
function leastAllocated(run: () => void): number {
  return Math.min(...Array.from({ length: RUNS }, () => allocated(run)))
}

if (process.argv.includes('others')) {
  for (const method of ['RK4', 'RK45', 'Radau'] as const) {
    for (const fun of [detuned, springs]) take(fun, Float64Array.of(1, 1), method, 'equal', 100)
  }
}

for (const [method, y0, steps] of [
  ['RK45', new Float64Array(2), 'equal'],
  ['RK45', new Float64Array(28), 'free'],
  ['RK45', new Float32Array(28), 'equal'],
  ['RK23', new Float64Array(4), 'equal'],
  ['DOP853', new Float64Array(6), 'equal'],
  ['RK4', new Float64Array(4), 'equal'],
  // Factors written out, in plain loops, in wasm
  ['Radau', new Float64Array(2), 'equal'],
  ['Radau', new Float64Array(4), 'equal'],
  ['Radau', new Float64Array(8), 'free'],
  ['BDF', new Float64Array(2), 'equal'],
  ['BDF', new Float64Array(8), 'free'],
  ['LSODA', new Float64Array(2), 'equal'],
  ['LSODA', new Float64Array(8), 'free'],
] as const) {
  y0.fill(1)
  // Of the same steps as the bytes below
  const [all, first] = [2 * STEPS, STEPS].map((count) => take(springs, y0, method, steps, count)) as [
    Counts,
    Counts,
  ]
  const [long, short] = [2 * STEPS, STEPS].map((count) =>
    leastAllocated(() => take(springs, y0, method, steps, count)),
  ) as [number, number]
  // Without what a solve allocates once
  const bytes = (long - short) / STEPS
  const name = `${method}, ${y0.constructor.name}, n = ${y0.length}, ${steps} steps`
  console.log(
    JSON.stringify({
      name,
      bytes,
      evaluations: (all.nfev - first.nfev) / STEPS,
      jacobians: (all.njev - first.njev) / STEPS,
    }),
  )
}
