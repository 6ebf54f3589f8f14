/** A y0 that is written out gives states with as many components, which need no `!`. */
import { RK45, solveIvp, type State, type StateOf } from '../../src/index.ts'
import { demand, holds, type Same } from './sameType.ts'

export function componentsByIndex(): void {
  const { y, yEnd, states } = solveIvp((_t, y) => [y[1], -y[0]], [0, 1], [1, 0])
  holds<Same<typeof yEnd, State<[number, number]>>>()
  holds<Same<typeof y, [Float64Array, Float64Array]>>()
  const sum: number = yEnd[0] + yEnd[1] + y[0].length
  const first: number | undefined = states[0]?.[1]
  demand(Number.isFinite(sum) && first === 0 && y.length === 2 && yEnd.length === 2)
}

export function takenApart(): void {
  const { yEnd } = solveIvp((_t, [x, v]) => [v, -x], [0, 1], [1, 0], {
    events: (_t, [x]) => x - 0.5,
    jac: (_t, [x, v]) => [
      [x - x, 1],
      [-1, v - v],
    ],
    method: 'BDF',
  })
  demand(Math.abs(yEnd[0] - Math.cos(1)) < 1e-2)
}

export function asTypedArrays(): void {
  const { yEnd } = solveIvp((_t, y) => y.map((value) => -value), [0, 1], [1, 2])
  const copy: Float64Array = yEnd.slice()
  const length: 2 = yEnd.length
  solveIvp(
    (_t, y) => {
      const whole: Float64Array = y
      const list: readonly number[] = [...y]
      for (const value of y) demand(Number.isFinite(value))
      demand(y.length === 2 && whole.length === 2 && list.length === 2)
      return whole.subarray(0)
    },
    [0, 1],
    [1, 2],
  )
  demand(copy.length === length)
}

export function writtenInPlace(): void {
  const { yEnd } = solveIvp(
    (_t, y, dydt) => {
      dydt[0] = -y[0]
      dydt[1] = 1
      dydt[1] += y[0]
    },
    [0, 1],
    [1, 0],
    { inPlace: true },
  )
  demand(yEnd[1] > 1)
}

export function ofANamedTuple(): void {
  const y0: readonly [x: number, v: number] = [1, 0]
  const { yEnd } = solveIvp((_t, y) => [y[1], -y[0]], [0, 1], y0)
  holds<Same<typeof yEnd, StateOf<[number, number]>>>()
  demand(yEnd[0] < 1)
}

/** Where the number of components is not known, the types are those of arrays. */
export function ofUnknownLength(): void {
  const list: number[] = [1, 0]
  const { yEnd, y } = solveIvp((_t, y) => [y[1]!, -y[0]!], [0, 1], list)
  holds<Same<typeof yEnd, Float64Array>>()
  holds<Same<typeof y, Float64Array[]>>()
  const double = solveIvp((_t, y) => [-y[0]!], [0, 1], Float64Array.of(1)).yEnd
  holds<Same<typeof double, Float64Array>>()
  const single = solveIvp((_t, y) => [-y[0]!], [0, 1], Float32Array.of(1)).yEnd
  holds<Same<typeof single, Float32Array>>()
  const either = solveIvp((_t, y) => [-y[0]!], [0, 1], Float32Array.of(1) as Float32Array | Float64Array).yEnd
  holds<Same<typeof either, Float32Array | Float64Array>>()
  const rest = solveIvp((_t, y) => y, [0, 1], [1, ...list]).yEnd
  holds<Same<typeof rest, Float64Array>>()
  demand(single instanceof Float32Array && either instanceof Float32Array && double instanceof Float64Array)
}

/** Functions declared before, with arrays of any length, fit too. */
export function annotatedFunctions(): void {
  const f = (_t: number, y: Float64Array): number[] => [-y[0]!]
  const g = (_t: number, y: ArrayLike<number>): number => y[0]! - 0.5
  const h = (_t: number, y: readonly number[]): readonly number[] => y
  solveIvp(f, [0, 1], [1], { events: g })
  solveIvp(h, [0, 1], [1, 2])
  const solver = new RK45(f, 0, [1], 1)
  demand(solver.y[0] === 1)
}
