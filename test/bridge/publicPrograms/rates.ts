import { odeint } from '../../../src/bridge/index.ts'
import { tf, type Tensor } from '../../../src/bridge/tensor.ts'
import { at, end, last, states, total, vector, type Program } from './program.ts'

const DAYS = [0, 1, 2, 3, 4]

/** Rate constants, fast and slow. */
export const RATES: ReadonlyArray<Program> = [
  {
    name: 'decay a thousand times faster than the span',
    p: [1000, 0.5],
    tensors: (p) => {
      const [k, a] = [at(p, 0), at(p, 1)]
      const f = (t: tf.Scalar, y: Tensor, { k, a }: { k: Tensor; a: Tensor }): Tensor =>
        y.sub(tf.cos(t).mul(a)).mul(k).neg()
      return total(last(odeint(f, vector([0]), [0, 1], { params: { k, a } })))
    },
    numbers: ([k, a]) => end((t, y) => [-k! * (y[0]! - a! * Math.cos(t))], [0], 1)[0]!,
  },
  {
    name: 'chain of two reactions, k1 = 100 k2',
    p: [50, 0.5],
    tensors: (p) => {
      const [k1, k2] = [at(p, 0), at(p, 1)]
      const f = (_t: tf.Scalar, y: Tensor, { k1, k2 }: { k1: Tensor; k2: Tensor }): Tensor => {
        const [first, second] = [at(y, 0).mul(k1), at(y, 1).mul(k2)]
        return tf.concat([first.neg(), first.sub(second), second])
      }
      return total(at(last(odeint(f, vector([1, 0, 0]), [0, 2], { params: { k1, k2 } })), 2))
    },
    numbers: ([k1, k2]) =>
      end((_t, y) => [-k1! * y[0]!, k1! * y[0]! - k2! * y[1]!, k2! * y[1]!], [1, 0, 0], 2)[2]!,
  },
  {
    name: "Robertson's reaction to t = 1, by Radau",
    p: [0.04, 3e3, 1e2],
    tensors: (p) => {
      const [k1, k2, k3] = [at(p, 0), at(p, 1), at(p, 2)]
      const f = (_t: tf.Scalar, y: Tensor, k: { k1: Tensor; k2: Tensor; k3: Tensor }): Tensor => {
        const a = at(y, 0).mul(k.k1)
        const b = at(y, 1).mul(at(y, 2)).mul(k.k3)
        const c = at(y, 1).square().mul(k.k2)
        return tf.concat([b.sub(a), a.sub(b).sub(c), c])
      }
      const options = { params: { k1, k2, k3 }, method: 'Radau', atol: 1e-9 } as const
      return total(at(last(odeint(f, vector([1, 0, 0]), [0, 1], options)), 2))
    },
    numbers: ([k1, k2, k3]) =>
      end(
        (_t, y) => {
          const [a, b, c] = [k1! * y[0]!, k3! * y[1]! * y[2]!, k2! * y[1]! ** 2]
          return [b - a, a - b - c, c]
        },
        [1, 0, 0],
        1,
      )[2]!,
  },
  {
    name: 'van der Pol with mu = 5',
    p: [5, 2],
    tensors: (p) => {
      const mu = at(p, 0)
      const y0 = tf.concat([at(p, 1), vector([0])])
      const f = (_t: tf.Scalar, y: Tensor, { mu }: { mu: Tensor }): Tensor => {
        const [x, v] = [at(y, 0), at(y, 1)]
        return tf.concat([v, tf.scalar(1).sub(x.square()).mul(v).mul(mu).sub(x)])
      }
      return total(at(last(odeint(f, y0, [0, 3], { params: { mu } })), 0))
    },
    numbers: ([mu, x0]) => end((_t, y) => [y[1]!, mu! * (1 - y[0]! ** 2) * y[1]! - y[0]!], [x0!, 0], 3)[0]!,
  },
  {
    name: 'prey and predator fitted at five times',
    p: [1.3, 0.9, 0.8, 1.7],
    tensors: (p) => {
      const f = (_t: tf.Scalar, y: Tensor, { p }: { p: Tensor }): Tensor => {
        const [a, b, c, d] = [at(p, 0), at(p, 1), at(p, 2), at(p, 3)]
        const [x, z] = [at(y, 0), at(y, 1)]
        const met = x.mul(z)
        return tf.concat([x.mul(a).sub(met.mul(b)), met.mul(c).sub(z.mul(d))])
      }
      return total(
        odeint(f, vector([1, 1]), DAYS, { params: { p } })
          .sub(1.2)
          .square(),
      )
    },
    numbers: ([a, b, c, d]) =>
      states(
        (_t, y) => [a! * y[0]! - b! * y[0]! * y[1]!, c! * y[0]! * y[1]! - d! * y[1]!],
        [1, 1],
        DAYS,
      ).reduce((sum, [x, z]) => sum + (x! - 1.2) ** 2 + (z! - 1.2) ** 2, 0),
  },
  {
    name: 'dose that is absorbed and eliminated, area under the curve',
    p: [1.5, 0.3],
    tensors: (p) => {
      const [ka, ke] = [at(p, 0), at(p, 1)]
      const f = (_t: tf.Scalar, y: Tensor, { ka, ke }: { ka: Tensor; ke: Tensor }): Tensor => {
        const absorbed = at(y, 0).mul(ka)
        return tf.concat([absorbed.neg(), absorbed.sub(at(y, 1).mul(ke)), at(y, 1)])
      }
      return total(at(last(odeint(f, vector([100, 0, 0]), [0, 24], { params: { ka, ke } })), 2))
    },
    numbers: ([ka, ke]) =>
      end((_t, y) => [-ka! * y[0]!, ka! * y[0]! - ke! * y[1]!, y[1]!], [100, 0, 0], 24)[2]!,
  },
]
