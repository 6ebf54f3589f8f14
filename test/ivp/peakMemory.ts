/**
 * Prints by how many MB the process grew at most while it made solver objects of 100,000 components in one synchronous loop and kept none. For
 * solverMemory.test.ts. Arguments: the method, the element type, and what becomes of each solver after its first step.
 */
import { DOP853, RK23, RK45, type FloatArray } from '../../src/ivp/index.ts'

const N = 100_000
const SOLVERS = 200

const CLASSES = { RK23, RK45, DOP853 }
const TYPES = { Float64Array, Float32Array }

const [method, type, fate] = process.argv.slice(2) as [
  keyof typeof CLASSES,
  keyof typeof TYPES,
  'finished' | 'failed' | 'disposed' | 'abandoned',
]
const Solver = CLASSES[method]
const y0: FloatArray = new TYPES[type](N)

const decay = (_t: number, y: FloatArray, dydt: FloatArray): void => {
  for (let i = 0; i < y.length; i++) dydt[i] = -y[i]!
}
const undefinedLater = (t: number, _y: FloatArray, dydt: FloatArray): void => {
  dydt.fill(t > 1 ? NaN : 0)
}

const before = process.memoryUsage().rss
let most = 0
for (let count = 0; count < SOLVERS; count++) {
  const solver =
    fate === 'failed'
      ? new Solver(undefinedLater, 1, y0, 1.1, { inPlace: true, firstStep: 1e-13 })
      : new Solver(decay, 1, y0, 1.1, { inPlace: true, firstStep: 0.05 })
  solver.step()
  if (fate === 'finished') while (solver.status === 'running') solver.step()
  if (fate === 'disposed') solver.dispose()
  const isAsNamed =
    fate === 'finished' || fate === 'failed' ? solver.status === fate : solver.status === 'running'
  if (!isAsNamed) throw new Error(`a solver that should be ${fate} is ${solver.status}`)
  most = Math.max(most, process.memoryUsage().rss - before)
}
console.log(Math.round(most / 2 ** 20))
