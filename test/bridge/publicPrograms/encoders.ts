import { odeint } from '../../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor1D } from '../../../src/bridge/tensor.ts'
import { at, end, last, states, total, vector, type Program } from './program.ts'

const TIMES = [0, 0.5, 1, 1.5]
const SEEN = [0.2, 0.7, 0.4, -0.1]

/** Nets before, between and behind solves. */
export const ENCODERS: ReadonlyArray<Program> = [
  {
    name: 'latent ODE: encoder, oscillator, decoder, observations at every time',
    p: [0.4, -0.7, 1.3, 0.8],
    tensors: (p) => {
      const h0: Tensor = tf.tanh(p.slice([0], [2]))
      const rate = at(p, 2)
      const h = odeint((_t, h, { rate }) => tf.concat([at(h, 1), at(h, 0).mul(rate).neg()]), h0, TIMES, {
        params: { rate },
      })
      const seen = h.slice([0, 0], [4, 1]).reshape([4]).mul(at(p, 3))
      return total(seen.sub(tf.tensor1d(SEEN)).square())
    },
    numbers: ([a, b, rate, out]) =>
      states((_t, y) => [y[1]!, -rate! * y[0]!], [Math.tanh(a!), Math.tanh(b!)], TIMES).reduce(
        (sum, y, i) => sum + (out! * y[0]! - SEEN[i]!) ** 2,
        0,
      ),
  },
  {
    name: 'hyper-network: the matrix of the right-hand side is made outside and captured',
    p: [0.3, -0.8, 0.5],
    tensors: (p) => {
      const matrix = tf.outerProduct(tf.tanh(p.slice([0], [2])) as Tensor1D, p.slice([1], [2]))
      const h = last(
        odeint((_t, h) => tf.matMul(h as tf.Tensor2D, matrix), tf.tensor2d([[1, -0.5]]), [0, 1.2]),
      )
      return total(h.square()).add(total(matrix.square()).mul(0.05))
    },
    numbers: ([a, b, c]) => {
      const left = [Math.tanh(a!), Math.tanh(b!)]
      const right = [b!, c!]
      const m = left.map((x) => right.map((y) => x * y))
      const h = end((_t, y) => [0, 1].map((j) => y[0]! * m[0]![j]! + y[1]! * m[1]![j]!), [1, -0.5], 1.2)
      return h.reduce((sum, x) => sum + x * x, 0) + 0.05 * m.flat().reduce((sum, x) => sum + x * x, 0)
    },
  },
  {
    name: 'ODE-RNN: a solve between every two observations, a cell at each',
    p: [0.7, 0.5, -0.6],
    tensors: (p) => {
      const [decay, u, v] = [at(p, 0), at(p, 1), at(p, 2)]
      let h: Tensor = vector([0])
      for (let i = 1; i < TIMES.length; i++) {
        h = last(
          odeint((_t, h, { decay }) => h.mul(decay).neg(), h, [TIMES[i - 1]!, TIMES[i]!], {
            params: { decay },
          }),
        )
        h = tf.tanh(h.mul(u).add(v.mul(SEEN[i]!)))
      }
      return total(h.sub(0.3).square())
    },
    numbers: ([decay, u, v]) => {
      let h = 0
      for (let i = 1; i < TIMES.length; i++)
        h = Math.tanh(u! * h * Math.exp(-decay! * (TIMES[i]! - TIMES[i - 1]!)) + v! * SEEN[i]!)
      return (h - 0.3) ** 2
    },
  },
  {
    name: 'two blocks with shared weights, one of them with a gate that is captured',
    p: [0.5, 1.1],
    tensors: (p) => {
      const [w, g] = [at(p, 0), at(p, 1)]
      const gate = tf.sigmoid(g)
      const block = (h: Tensor, gated: boolean): Tensor =>
        last(
          odeint(
            (t: Scalar, h, { w }) => {
              const f = tf.sin(h.mul(w).add(t))
              return gated ? f.mul(gate) : f
            },
            h,
            [0, 1],
            { params: { w } },
          ),
        )
      return total(block(block(vector([0.2, -0.4]), false), true).square())
    },
    numbers: ([w, g]) => {
      const gate = 1 / (1 + Math.exp(-g!))
      return [0.2, -0.4].reduce((sum, x) => {
        const first = end((t, y) => [Math.sin(w! * y[0]! + t)], [x], 1)
        const second = end((t, y) => [gate * Math.sin(w! * y[0]! + t)], first, 1)
        return sum + second[0]! ** 2
      }, 0)
    },
  },
]
