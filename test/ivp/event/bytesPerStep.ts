/** Prints the bytes that a step with events that do not happen allocates, one JSON object a line. For event.test.ts. */
import { GCProfiler } from 'node:v8'
import { solveIvp, type FloatArray } from '../../../src/ivp/index.ts'

const STEPS = 25_000
const RUNS = 8

function lorenz(_t: number, y: FloatArray, dydt: FloatArray): void {
  dydt[0] = 10 * (y[1]! - y[0]!)
  dydt[1] = y[0]! * (28 - y[2]!) - y[1]!
  dydt[2] = y[0]! * y[1]! - (8 / 3) * y[2]!
}

const EVENTS = [
  (_t: number, y: FloatArray): number => y[2]! - 100,
  (_t: number, y: FloatArray): number => y[1]! + 100,
]

function take(nEvents: number, maxSteps: number): void {
  const { failure } = solveIvp(lorenz, [0, 1e9], Float64Array.of(1, 1, 1) as FloatArray, {
    inPlace: true,
    save: 'last',
    rtol: 1e-6,
    maxSteps,
    events: EVENTS.slice(0, nEvents),
  })
  if (failure?.kind !== 'maxSteps') throw new Error(`took less than ${maxSteps} steps`)
}

/** The least that one run allocates without a visit of the garbage collector: before everything is compiled it is more. */
function leastAllocated(run: () => void): number {
  let least = Infinity
  for (let i = 0; i < RUNS; i++) {
    const profiler = new GCProfiler()
    profiler.start()
    const before = process.memoryUsage().heapUsed
    run()
    const bytes = process.memoryUsage().heapUsed - before
    if (profiler.stop()!.statistics.length === 0) least = Math.min(least, bytes)
  }
  return least
}

for (const nEvents of [0, 1, 2]) {
  const [long, short] = [2 * STEPS, STEPS].map((count) => leastAllocated(() => take(nEvents, count))) as [
    number,
    number,
  ]
  console.log(JSON.stringify({ nEvents, bytes: (long - short) / STEPS }))
}
