/** Right-hand sides on tensors that the tests of the bridge share. */
import { odeint, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../../src/bridge/tensor.ts'

export interface Net {
  readonly [name: string]: Tensor
  readonly w: Tensor
  readonly b: Tensor
}

/** tanh(h w + b cos t) */
export const net = (t: Scalar, h: Tensor, { w, b }: Net): Tensor =>
  tf.tanh(tf.add(tf.matMul(h as Tensor2D, w as Tensor2D), tf.mul(b, tf.cos(t))))

export const values = (x: Tensor): number[] => Array.from(x.dataSync())

/** A tensor of numbers in [-1, 1] that look like noise. */
export const fill = (shape: number[], phase: number): Tensor =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.7 * i + phase)),
    shape,
  )

/** Over the largest entry of b, or 1. */
export function largestDifference(a: ReadonlyArray<number>, b: ReadonlyArray<number>): number {
  const size = Math.max(1, ...b.map(Math.abs))
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / size
}

/**
 * h' = -d(h), h(0) = 2, where d(h) is a solve itself: that of d' = -d from d(0) = h to 1, which divides by e. h(1) = 2 exp(-1 / e).
 * @returns h(1) and its derivative by h(0), with those of the exact solution
 */
export function solveInSolve(options: OdeintOptions<[]>): {
  value: [number, number]
  slope: [number, number]
} {
  return tf.tidy(() => {
    const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()
    const end = (f: typeof decay, h: Tensor): Tensor => odeint(f, h, [0, 1], options).slice([1], [1])
    const f = (_t: Scalar, h: Tensor): Tensor => end(decay, h).reshape([1]).neg()
    const { value, grad } = tf.valueAndGrad((h) => end(f, h).sum())(tf.tensor1d([2]))
    const factor = Math.exp(-Math.exp(-1))
    return { value: [values(value)[0]!, 2 * factor], slope: [values(grad)[0]!, factor] }
  })
}

export const PROBLEMS: ReadonlyArray<{
  readonly name: string
  readonly t1: number
  readonly h0: () => Tensor
  readonly f: (t: Scalar, h: Tensor) => Tensor
}> = [
  {
    name: 'tanh network',
    t1: 1,
    h0: () => fill([4, 3], 0),
    f: (t, h) => net(t, h, { w: fill([3, 3], 1), b: fill([3], 2) }),
  },
  {
    // The demonstration of Chen et al. (2018), Sec. 5.1
    name: 'spiral',
    t1: 5,
    h0: () => tf.tensor2d([[2, 0]]),
    f: (_t, h) => tf.matMul(h.pow(3) as Tensor2D, tf.tensor2d([[-0.1, 2], [-2, -0.1]])), // prettier-ignore
  },
  {
    name: 'van der Pol',
    t1: 8,
    h0: () => tf.tensor1d([2, 0]),
    f: (_t, h) => {
      const [x, v] = tf.split(h as Tensor1D, 2) as [Tensor1D, Tensor1D]
      return tf.concat([v, x.square().neg().add(1).mul(v).sub(x)])
    },
  },
  {
    name: 'forced decay',
    t1: 3,
    h0: () => tf.tensor1d([1, -2, 3]),
    f: (t, h) => h.neg().add(t.mul(4).cos()),
  },
]
