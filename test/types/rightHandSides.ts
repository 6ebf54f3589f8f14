/** One signature takes every form of the right-hand side, and its arguments. */
import { solveIvp, type RightHandSide } from '../../src/index.ts'
import { demand, holds, type Same } from './sameType.ts'

export function returning(): void {
  solveIvp((_t, y) => [-y[0]], [0, 1], [1])
  solveIvp((_t, y) => -y[0], [0, 1], [1])
  solveIvp((_t, y) => Float32Array.of(-y[0]), [0, 1], [1])
  solveIvp(() => [], [0, 1], [])
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { inPlace: false, vectorized: false })
  const f: RightHandSide<Float64Array> = (_t, y) => [-y[0]!]
  solveIvp(f, [0, 1], Float64Array.of(1))
}

export function inPlace(): void {
  solveIvp((_t, y, dydt) => (dydt[0] = -y[0]), [0, 1], [1], { inPlace: true })
  solveIvp((_t, y, dydt) => dydt.set([-y[0]]), [0, 1], [1], { inPlace: true, events: (_t, y) => y[0] - 0.5 })
  const f = (_t: number, y: Float32Array, dydt: Float32Array): void => {
    dydt[0] = -y[0]!
  }
  const { yEnd } = solveIvp(f, [0, 1], Float32Array.of(1), { inPlace: true })
  holds<Same<typeof yEnd, Float32Array>>()
}

export function vectorized(): void {
  const { yEnd } = solveIvp((_t, [x, v]) => [v, x.map((value) => -value)], [0, 1], [1, 0], {
    vectorized: true,
    method: 'Radau',
  })
  demand(yEnd[0] < 1)
  const rows = (_t: number, y: Float64Array[]): Float64Array[] => y.map((row) => row.map((value) => -value))
  solveIvp(rows, [0, 1], Float64Array.of(1), { vectorized: true })
}

export function withArgs(): void {
  solveIvp((_t, y, rate, name) => [-rate * y[0] * name.length], [0, 1], [1], {
    args: [2, 'k'],
    events: (_t, y, rate) => y[0] - rate,
    jac: (_t, _y, rate) => [[-rate]],
    method: 'BDF',
  })
  solveIvp((_t: number, y: Float64Array, rate: number) => [-rate * y[0]!], [0, 1], [1], { args: [2] })
  solveIvp(
    (_t, y, dydt, rate) => {
      dydt[0] = -rate * y[0]
    },
    [0, 1],
    [1],
    { args: [2], inPlace: true },
  )
  const rates: number[] = [1, 2]
  solveIvp((_t, y, ...given) => [-given.length * y[0]], [0, 1], [1], { args: rates })
  // Fewer parameters are no mistake
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { args: [2] })
}
