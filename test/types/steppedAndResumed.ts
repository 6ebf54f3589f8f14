/** Solver objects and `resume`. */
import {
  LSODA,
  OdeSolver,
  RK23,
  RK45,
  Radau,
  resume,
  solveIvp,
  type Snapshot,
  type State,
} from '../../src/index.ts'
import { demand, holds, type Same } from './sameType.ts'

export function stateOfASolver(): void {
  const solver = new RK45((_t, y) => [-y[0]], 0, [1], 1)
  const { y } = solver
  holds<Same<typeof y, State<[number]>>>()
  for (const step of solver) {
    const value: number = step.y[0]
    demand(value > 0)
  }
  const dense: number = solver.denseOutput().at(1)[0]
  const double = new Radau((_t, state) => [-state[0]!], 0, Float64Array.of(1), 1).y
  holds<Same<typeof double, Float64Array>>()
  const single = new RK23((_t, state) => [-state[0]!], 0, Float32Array.of(1), 1).y
  holds<Same<typeof single, Float32Array>>()
  const list: number[] = [1]
  const plain = new LSODA((_t, state) => [-state[0]!], 0, list, 1).y
  holds<Same<typeof plain, Float64Array>>()
  demand(Math.abs(dense - Math.exp(-1)) < 1e-3)
}

export function formsOfASolver(): void {
  new RK45(
    (_t, y, dydt, rate) => {
      dydt[0] = -rate * y[0]
    },
    0,
    [1],
    1,
    { inPlace: true, args: [2] },
  ).step()
  new Radau((_t, [x]) => [x.map((value) => -value)], 0, [1], 1, { vectorized: true }).step()
  const one: OdeSolver = new RK45((_t, y) => y, 0, [1, 2], 1)
  const two: OdeSolver<Float64Array> = new RK45((_t, y) => y, 0, [1, 2], 1)
  const three: RK45<Float64Array> = new RK45((_t, y) => y, 0, Float64Array.of(1, 2), 1)
  demand(one.n === 2 && two.n === 2 && three.n === 2)
}

function stopped(options: object, y0: Float64Array | Float32Array = Float64Array.of(1)): Snapshot {
  const f = (_t: number, y: Float64Array, dydt: unknown): number[] | void => {
    if (!(dydt instanceof Float64Array)) return [-y[0]!]
    dydt[0] = -y[0]!
  }
  const { failure } = solveIvp(f as never, [0, 1], y0, { ...options, maxSteps: 1 })
  return failure!.snapshot!
}

export function resumed(): void {
  const snapshot = stopped({})
  const { sol, yEnd } = resume((_t, y) => [-y[0]!], snapshot, { denseOutput: true })
  holds<Same<typeof yEnd, Float64Array>>()
  demand(Math.abs(sol(1)[0]! - Math.exp(-1)) < 1e-3)
  const result = resume((_t, y: Float64Array) => [-y[0]!], snapshot)
  if (!result.success) throw new Error(result.failure.advice)
  demand(OdeSolver.resume((_t, y) => [-y[0]!], snapshot).step() === null)
}

export function resumedInOtherForms(): void {
  const inPlace = (_t: number, y: Float64Array, dydt: Float64Array): void => {
    dydt[0] = -y[0]!
  }
  demand(resume(inPlace, stopped({ inPlace: true }), { inPlace: true }).success)
  demand(OdeSolver.resume(inPlace, stopped({ inPlace: true }), { inPlace: true }).step() === null)
  demand(resume((_t, y, rate) => [-rate * y[0]!], stopped({ args: [2] }), { args: [2] }).success)
  const single = resume((_t, y: Float32Array) => [-y[0]!], stopped({}, Float32Array.of(1))).yEnd
  holds<Same<typeof single, Float32Array>>()
  demand(single instanceof Float32Array)
}
