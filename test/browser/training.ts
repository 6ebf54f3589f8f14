import type { odeint as odeintOfBridge, SolveReport, StateLocation } from '../../src/bridge/index.ts'
import type { Scalar, Tensor, tf as tfjs } from '../../src/bridge/tensor.ts'

/** What two steps of training gave; plain numbers, so that they travel from a page to Node. */
export interface TrainingRun {
  readonly backend: string
  /** Where the states of the solves lived. */
  readonly locations: ReadonlyArray<string>
  readonly losses: ReadonlyArray<number>
  /** All parameters after each step, one after another. */
  readonly parameters: ReadonlyArray<ReadonlyArray<number>>
  /** Tensors alive before anything, after each step, and at the end. */
  readonly tensors: { readonly before: number; readonly steps: ReadonlyArray<number>; readonly after: number }
}

/** Numbers without structure, the same everywhere. */
const noise = (length: number, phase: number): number[] =>
  Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + 1) + phase))

/**
 * Two steps of gradient descent on a neural ODE of 2 components, 8 hidden units and 40 parameters that is to turn points by a right angle.
 * Runs in Node and in a page: takes the libraries from the caller, on whose backend it runs.
 */
export function trainTwoSteps(
  tf: typeof tfjs,
  odeint: typeof odeintOfBridge,
  state: StateLocation = 'auto',
): TrainingRun {
  const before = tf.memory().numTensors
  const weight = (shape: [number, number], phase: number, name: string) =>
    tf.tidy(() => tf.variable(tf.tensor2d(noise(shape[0] * shape[1], phase), shape).mul(0.5), true, name))
  const params = { w1: weight([2, 8], 1, 'w1'), b1: weight([1, 8], 2, 'b1'), w2: weight([8, 2], 3, 'w2') }
  const h0 = tf.tensor2d(noise(12, 4), [6, 2])
  const target = tf.tidy(() => tf.matMul(h0, tf.tensor2d([0, 1, -1, 0], [2, 2])))
  const f = (t: Scalar, h: Tensor, { w1, b1, w2 }: { w1: Tensor; b1: Tensor; w2: Tensor }): Tensor =>
    tf.matMul(tf.tanh(tf.matMul(h as never, w1 as never).add(b1.mul(t))), w2 as never)
  const locations = new Set<string>()
  const onSolve = (report: SolveReport): void => void locations.add(report.state)
  const loss = (): Scalar =>
    tf.tidy(() => {
      const options = { params, rtol: 1e-4, atol: 1e-5, state, onSolve }
      const end = odeint(f, h0, [0, 1], options).slice([1], [1])
      return end.reshape([6, 2]).sub(target).square().mean() as Scalar
    })
  const optimizer = tf.train.sgd(0.2)
  const losses: number[] = []
  const parameters: number[][] = []
  const steps: number[] = []
  for (let i = 0; i < 2; i++) {
    const value = optimizer.minimize(loss, true)!
    losses.push(value.dataSync()[0]!)
    value.dispose()
    parameters.push(Object.values(params).flatMap((w) => Array.from(w.dataSync())))
    steps.push(tf.memory().numTensors)
  }
  tf.dispose([h0, target, ...Object.values(params)])
  optimizer.dispose()
  const after = tf.memory().numTensors
  return {
    backend: tf.getBackend(),
    locations: [...locations],
    losses,
    parameters,
    tensors: { before, steps, after },
  }
}
