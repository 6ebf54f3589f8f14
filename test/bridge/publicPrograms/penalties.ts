import { odeint } from '../../../src/bridge/index.ts'
import { tf, type Tensor, type Tensor2D } from '../../../src/bridge/tensor.ts'
import { at, end, last, states, total, vector, type Program } from './program.ts'

const TIMES = [0, 0.25, 0.5, 0.75, 1]

/** Losses with terms beside the data, and gradients by times and matrices. */
export const PENALTIES: ReadonlyArray<Program> = [
  {
    name: "gradient penalty: (d h(1) / d h(0))^2, by 'autodiff'",
    p: [0.8],
    tensors: (w) => {
      const end = (h: Tensor): Tensor =>
        total(
          last(
            odeint((_t, h, { w }) => tf.tanh(h.mul(w)), h, [0, 1], {
              params: { w },
              gradient: 'autodiff',
              method: 'RK4',
              step: 0.1,
            }),
          ),
        )
      return total(
        tf
          .grad(end)(vector([0.6]))
          .square(),
      )
    },
    numbers: ([w]) => {
      // With the variation s of h: s' = (1 - tanh^2(w h)) w s
      const [, s] = end(
        (_t, y) => {
          const f = Math.tanh(w! * y[0]!)
          return [f, (1 - f * f) * w! * y[1]!]
        },
        [0.6, 1],
        1,
      )
      return s! ** 2
    },
  },
  {
    name: 'smoothness of the states and size of the weights',
    p: [1.4, -0.9],
    tensors: (p) => {
      const [a, b] = [at(p, 0), at(p, 1)]
      const h = odeint((t, h, { a, b }) => tf.sin(t.mul(6)).mul(a).add(h.mul(b)), vector([1]), TIMES, {
        params: { a, b },
      })
      const jumps = h.slice([1], [4]).sub(h.slice([0], [4]))
      return total(jumps.square()).add(total(p.square()).mul(0.01))
    },
    numbers: ([a, b]) => {
      const h = states((t, y) => [a! * Math.sin(6 * t) + b! * y[0]!], [1], TIMES).map(([y]) => y!)
      return h.slice(1).reduce((sum, y, i) => sum + (y - h[i]!) ** 2, 0) + 0.01 * (a! ** 2 + b! ** 2)
    },
  },
  {
    name: 'residual of the right-hand side at the states of its own solve',
    p: [0.7, 0.2],
    tensors: (p) => {
      const [a, b] = [at(p, 0), at(p, 1)]
      const f = (_t: tf.Scalar, h: Tensor, { a, b }: { a: Tensor; b: Tensor }): Tensor =>
        tf.cos(h).mul(a).add(b)
      const h = odeint(f, vector([0.1]), TIMES, { params: { a, b } })
      return total(f(tf.scalar(0), h, { a, b }).sub(0.5).square())
    },
    numbers: ([a, b]) => {
      const f = (y: number): number => a! * Math.cos(y) + b!
      return states((_t, y) => [f(y[0]!)], [0.1], TIMES).reduce((sum, [y]) => sum + (f(y!) - 0.5) ** 2, 0)
    },
  },
  {
    name: 'time to stop at, as a parameter',
    p: [1.7],
    tensors: (T) =>
      total(last(odeint((t, h) => h.mul(t).neg(), vector([2]), tf.concat([tf.tensor1d([0]), T])))),
    numbers: ([T]) => 2 * Math.exp((-T! * T!) / 2),
  },
  {
    // The demonstration of Chen et al. (2018), Sec. 5.1
    name: 'spiral with a matrix of weights',
    p: [-0.1, 2, -2, -0.1],
    tensors: (p) => {
      const A = p.reshape([2, 2])
      const f = (_t: tf.Scalar, h: Tensor, { A }: { A: Tensor }): Tensor =>
        tf.matMul(h.mul(h).mul(h) as Tensor2D, A as Tensor2D)
      return total(last(odeint(f, tf.tensor2d([[2, 0]]), [0, 2], { params: { A } })).square())
    },
    numbers: ([a, b, c, d]) =>
      end(
        (_t, y) => [y[0]! ** 3 * a! + y[1]! ** 3 * c!, y[0]! ** 3 * b! + y[1]! ** 3 * d!],
        [2, 0],
        2,
      ).reduce((sum, y) => sum + y * y, 0),
  },
  {
    name: 'Lorenz over one time unit, by its three parameters',
    p: [10, 28, 8 / 3],
    tensors: (p) => {
      const f = (_t: tf.Scalar, y: Tensor, { p }: { p: Tensor }): Tensor => {
        const [a, b, c] = [at(y, 0), at(y, 1), at(y, 2)]
        return tf.concat([
          b.sub(a).mul(at(p, 0)),
          a.mul(at(p, 1).sub(c)).sub(b),
          a.mul(b).sub(c.mul(at(p, 2))),
        ])
      }
      return total(at(last(odeint(f, vector([1, 1, 1]), [0, 1], { params: { p } })), 2))
    },
    numbers: ([s, r, b]) =>
      end(
        (_t, y) => [s! * (y[1]! - y[0]!), y[0]! * (r! - y[2]!) - y[1]!, y[0]! * y[1]! - b! * y[2]!],
        [1, 1, 1],
        1,
      )[2]!,
  },
]
