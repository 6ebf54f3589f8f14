import { odeint } from '../../../src/bridge/index.ts'
import { tf } from '../../../src/bridge/tensor.ts'
import { at, end, last, total, vector, type Program } from './program.ts'

/** Solves that forget where they came from: the way back is unstable. */
export const RELAXATIONS: ReadonlyArray<Program> = [
  ...[20, 100].map((T) => ({
    name: `relaxation to a parameter, to T = ${T}`,
    p: [0.7],
    tensors: (w: tf.Tensor1D) =>
      total(last(odeint((_t, y, { w }) => w.sub(y), vector([0]), [0, T], { params: { w } }))),
    numbers: ([w]: ReadonlyArray<number>) => w! * (1 - Math.exp(-T)),
  })),
  {
    name: 'logistic growth to T = 1000',
    p: [0.9, 2.1],
    tensors: (p) => {
      const [r, K] = [at(p, 0), at(p, 1)]
      const f = (_t: tf.Scalar, y: tf.Tensor, { r, K }: { r: tf.Tensor; K: tf.Tensor }): tf.Tensor =>
        y.mul(r).mul(tf.scalar(1).sub(y.div(K)))
      return total(last(odeint(f, vector([0.1]), [0, 1000], { params: { r, K } })).square())
    },
    numbers: ([, K]) => K! ** 2,
  },
  {
    name: "deep equilibrium: y' = tanh(w y + x) - y to T = 50",
    p: [0.6, 0.4],
    tensors: (p) => {
      const [w, x] = [at(p, 0), at(p, 1)]
      const y = last(
        odeint((_t, y, { w, x }) => tf.tanh(y.mul(w).add(x)).sub(y), vector([0]), [0, 50], {
          params: { w, x },
        }),
      )
      return total(y.square())
    },
    numbers: ([w, x]) => end((_t, y) => [Math.tanh(w! * y[0]! + x!) - y[0]!], [0], 50)[0]! ** 2,
  },
  {
    name: 'gradient flow down a quadratic, whose matrix is captured',
    p: [1.5, 0.6],
    tensors: (p) => {
      const scale = tf.exp(p)
      const goal = vector([1, -2])
      const y = last(odeint((_t, y) => y.sub(goal).mul(scale).neg(), vector([0, 0]), [0, 1]))
      return total(y.sub(goal).square())
    },
    numbers: (p) => p.reduce((sum, x, i) => sum + ([1, -2][i]! * Math.exp(-Math.exp(x))) ** 2, 0),
  },
  {
    name: 'epidemic with S0 = 0.999, I0 = 0.001',
    p: [0.5, 0.2],
    tensors: (p) => {
      const [beta, gamma] = [at(p, 0), at(p, 1)]
      const y = last(
        odeint(
          (_t, y, { beta, gamma }) => {
            const [S, I] = [at(y, 0), at(y, 1)]
            const [infected, recovered] = [S.mul(I).mul(beta), I.mul(gamma)]
            return tf.concat([infected.neg(), infected.sub(recovered), recovered])
          },
          vector([0.999, 0.001, 0]),
          [0, 60],
          { params: { beta, gamma } },
        ),
      )
      return total(at(y, 2))
    },
    numbers: ([beta, gamma]) =>
      end(
        (_t, y) => [-beta! * y[0]! * y[1]!, beta! * y[0]! * y[1]! - gamma! * y[1]!, gamma! * y[1]!],
        [0.999, 0.001, 0],
        60,
      )[2]!,
  },
]
