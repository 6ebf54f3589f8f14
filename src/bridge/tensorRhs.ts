import type { DifferentiableRhs } from '../adjoint/index.ts'
import { IvpInputError } from '../ivp/index.ts'
import { readLeaves, toLeaves, type TensorTree, type TreeLayout } from './flatten.ts'
import { resultLeaves } from './resultLeaves.ts'
import { vectorJacobianProduct } from './tape.ts'
import { tf, type Scalar, type Tensor } from './tensor.ts'

/**
 * dh/dt as a pure function of tensors; t is a scalar tensor, the result has the form of h. Times get gradients only through operations on t: one
 * that reads its number counts as constant.
 */
export type TensorFunction<H extends TensorTree, P extends TensorTree> = (t: Scalar, h: H, params: P) => H

/** f(t, h, params) on leaves: its leaves, of the shapes of the state. */
export type TensorEvaluation = (
  t: Scalar,
  h: ReadonlyArray<Tensor>,
  params: ReadonlyArray<Tensor>,
) => Tensor[]

/** `f` as a function of leaves, which throws ResultMismatch or ShapeMismatch when it returns something else. @throws IvpInputError unless it is a function */
export function evaluationOf<H extends TensorTree, P extends TensorTree>(
  f: TensorFunction<H, P>,
  state: TreeLayout,
  paramLayout: TreeLayout,
): TensorEvaluation {
  if (typeof f !== 'function') throw new IvpInputError('f', f, 'must be a function (t, h, params) => dh')
  return (t, h, params) => resultLeaves(f(t, state.rebuild(h) as H, paramLayout.rebuild(params) as P), state)
}

/**
 * A right-hand side on tensors as one on flat float32 arrays. Every evaluation copies at both borders and leaves no tensor behind.
 * @param paramsNow - leaves at fixed values, alive at every call of the result
 */
export function tensorRhs(
  evaluate: TensorEvaluation,
  state: TreeLayout,
  paramsNow: () => ReadonlyArray<Tensor>,
  paramLayout: TreeLayout,
): DifferentiableRhs<Float32Array> {
  const joined = (leaves: ReadonlyArray<Tensor>): Tensor =>
    leaves.length === 1 ? leaves[0]! : tf.concat(leaves.map((leaf) => leaf.flatten()))
  const joinedLayout: TreeLayout =
    state.shapes.length === 1 ? state : { ...state, shapes: [[state.total]], sizes: [state.total] }
  return {
    nParams: paramLayout.total,
    paramSizes: paramLayout.sizes,
    // Read when a certificate asks for it
    get theta() {
      const theta = new Float32Array(paramLayout.total)
      readLeaves(paramsNow(), paramLayout, theta)
      return theta
    },
    // Uploads the parameters at every evaluation, so that no tensor is left to be disposed of
    withParams: (theta) => ({
      f: (t, h, dh) =>
        tf.tidy(() => {
          readLeaves(evaluate(tf.scalar(t), toLeaves(h, state), toLeaves(theta, paramLayout)), state, dh)
        }),
    }),
    f: (t, h, dh) =>
      tf.tidy(() => {
        readLeaves(evaluate(tf.scalar(t), toLeaves(h, state), paramsNow()), state, dh)
      }),
    vjp: (t, h, a, out) =>
      tf.tidy(() => {
        const leaves = toLeaves(h, state)
        const params = paramsNow()
        const time = tf.scalar(t)
        const wanted = out.at === undefined ? [] : [time]
        const dy = toLeaves(a, joinedLayout)[0]!
        const { value, products } = vectorJacobianProduct(
          () => joined(evaluate(time, leaves, params)),
          [...leaves, ...params, ...wanted],
          dy,
        )
        readLeaves([value], joinedLayout, out.dh)
        readLeaves(products.slice(0, leaves.length), state, out.ah)
        const atTime = leaves.length + params.length
        readLeaves(products.slice(leaves.length, atTime), paramLayout, out.atheta)
        if (out.at !== undefined) out.at[0] = products[atTime]?.dataSync()[0] ?? 0
      }),
  }
}
