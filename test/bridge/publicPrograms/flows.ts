import { odeint } from '../../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor1D } from '../../../src/bridge/tensor.ts'
import { at, end, last, total, vector, type Program } from './program.ts'

const X = [-1.2, -0.3, 0.4, 1.5]

/** Flows that carry a density along, and ones that depend on a condition. */
export const FLOWS: ReadonlyArray<Program> = [
  {
    // z' = u tanh(w z + b), (log p)' = -u w (1 - tanh^2)
    name: 'planar flow with its log density',
    p: [0.8, -0.5, 0.3],
    tensors: (p) => {
      const [u, w, b] = [at(p, 0), at(p, 1), at(p, 2)]
      const h0 = tf.stack([tf.tensor1d(X), tf.zeros([4])])
      const h1 = last(
        odeint(
          (_t, h, { u, w, b }) => {
            const a = tf.tanh(h.slice([0], [1]).reshape([4]).mul(w).add(b))
            const divergence = tf.scalar(1).sub(a.square()).mul(w).mul(u)
            return tf.stack([a.mul(u), divergence.neg()])
          },
          h0,
          [0, 1],
          { params: { u, w, b } },
        ),
      )
      const z = h1.slice([0], [1])
      return total(
        z
          .square()
          .mul(0.5)
          .add(h1.slice([1], [1])),
      ).div(4)
    },
    numbers: ([u, w, b]) =>
      X.reduce((sum, x) => {
        const [z, log] = end(
          (_t, y) => {
            const a = Math.tanh(w! * y[0]! + b!)
            return [u! * a, -u! * w! * (1 - a * a)]
          },
          [x, 0],
          1,
        )
        return sum + (z! ** 2 / 2 + log!) / 4
      }, 0),
  },
  {
    name: 'flow with a condition made outside, h = x W, that the right-hand side captures',
    p: [1.2],
    tensors: (W) => {
      const c = W.mul(0.7)
      const h = last(odeint((_t, h) => h.mul(c), vector([0.9]), [0, 1]))
      return total(h).add(total(c.square().mul(0.1)))
    },
    numbers: ([W]) => 0.9 * Math.exp(0.7 * W!) + 0.1 * (0.7 * W!) ** 2,
  },
  {
    name: 'flow with a kinetic energy as a further state',
    p: [0.9, -0.4],
    tensors: (p) => {
      const [w, b] = [at(p, 0), at(p, 1)]
      const h = last(
        odeint(
          (_t, h, { w, b }) => {
            const f = tf.tanh(at(h, 0).mul(w).add(b))
            return tf.concat([f, f.square()])
          },
          vector([0.5, 0]),
          [0, 2],
          { params: { w, b } },
        ),
      )
      return total(at(h, 0).sub(2).square().add(at(h, 1).mul(0.1)))
    },
    numbers: ([w, b]) => {
      const [z, energy] = end(
        (_t, y) => {
          const f = Math.tanh(w! * y[0]! + b!)
          return [f, f * f]
        },
        [0.5, 0],
        2,
      )
      return (z! - 2) ** 2 + 0.1 * energy!
    },
  },
  {
    name: 'flow there and back again, with weights from a second net',
    p: [0.6, 0.9],
    tensors: (p) => {
      const w = tf.sigmoid(p.mul(2)) as Tensor1D
      const f = (_t: Scalar, h: tf.Tensor): tf.Tensor => tf.sin(h).mul(at(w, 0)).add(at(w, 1))
      const there = last(odeint(f, vector([0.3]), [0, 1.5]))
      const back = last(odeint(f, there.mul(1.1), [1.5, 0]))
      return total(back.square().add(there))
    },
    numbers: (p) => {
      const [a, b] = p.map((x) => 1 / (1 + Math.exp(-2 * x)))
      const f = (_t: number, y: ArrayLike<number>): number[] => [a! * Math.sin(y[0]!) + b!]
      const there = end(f, [0.3], 1.5)[0]!
      const back = end((t, y) => f(t, y).map((x) => -x), [1.1 * there], 1.5)[0]!
      return back ** 2 + there
    },
  },
]
