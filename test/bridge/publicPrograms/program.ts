import { solveIvp } from '../../../src/index.ts'
import { tf, type Scalar, type Tensor, type Tensor1D } from '../../../src/bridge/tensor.ts'

/** A loss as people write it: on tensors with the options by default, and the same in float64 by hand. */
export interface Program {
  readonly name: string
  /** Where the gradient is taken. */
  readonly p: ReadonlyArray<number>
  readonly tensors: (p: Tensor1D) => Scalar
  readonly numbers: (p: ReadonlyArray<number>) => number
}

type Rates = (t: number, y: ArrayLike<number>) => number[]

/** The states at the times, to ten digits. */
export function states(f: Rates, y0: number[], times: number[]): number[][] {
  const { success, message, states } = solveIvp(f as never, [times[0]!, times.at(-1)!], y0, {
    method: 'LSODA',
    rtol: 1e-11,
    atol: 1e-13,
    tEval: times,
  })
  if (!success) throw new Error(message)
  return Array.from(states, (y) => Array.from(y as Float64Array))
}

export const end = (f: Rates, y0: number[], t1: number): number[] => states(f, y0, [0, t1]).at(-1)!

/** Component i of a vector, a tensor of shape (1). */
export const at = (y: Tensor, i: number): Tensor1D => (y as Tensor1D).slice([i], [1])

/** Of a type that takes what operations return. */
export const vector = (x: number[]): Tensor => tf.tensor1d(x)

/** The last row of a solution. */
export const last = (solution: Tensor): Tensor => {
  const [rows, ...rest] = solution.shape
  return solution.slice([rows! - 1], [1]).reshape(rest)
}

export const total = (x: Tensor): Scalar => tf.sum(x)

/** By central differences, extrapolated once. */
export function differences({ p, numbers }: Program): number[] {
  return p.map((value, i) => {
    const difference = (h: number): number => {
      const moved = (by: number): number[] => p.map((x, j) => (j === i ? x + by : x))
      return (numbers(moved(h)) - numbers(moved(-h))) / (2 * h)
    }
    const h = 1e-3 * Math.max(1e-2, Math.abs(value))
    return (4 * difference(h / 2) - difference(h)) / 3
  })
}
