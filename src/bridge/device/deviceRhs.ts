import type { Rhs } from '../../ivp/space/workspace.ts'
import type { TreeLayout } from '../flatten.ts'
import { vectorJacobianProduct } from '../tape.ts'
import type { TensorEvaluation } from '../tensorRhs.ts'
import { tf, type Tensor, type Tensor1D } from '../tensor.ts'
import type { DeviceSpace, DeviceVector } from './deviceSpace.ts'

/**
 * A right-hand side on device vectors: of the state [h], and of the augmented state [h, a, b], where b is one block, or with `hasParts` one block for each
 * parameter tensor.
 */
export interface DeviceRhs {
  /** f(t, h), on a tensor of rank 1, which is not disposed; the result is the caller's. */
  f(t: number, h: Tensor1D): Tensor1D
  /** [h]' = [f]. Counts its calls. */
  state(space: DeviceSpace): Rhs<DeviceVector>
  /** [h, a, b]' = [f, -a df/dh, -a df/dtheta]. Counts its calls. */
  augmented(space: DeviceSpace, hasParts: boolean): Rhs<DeviceVector>
  /** [a, b]' = [-a df/dh, -a df/dtheta] along a known h(t), of which a new tensor is made for each call. Counts its calls. */
  along(space: DeviceSpace, hasParts: boolean, h: (t: number) => Tensor1D): Rhs<DeviceVector>
  readonly count: () => number
}

/**
 * Every evaluation runs on the device alone and leaves no tensor but its result.
 * @param params - leaves at fixed values, alive as long as the result is used
 */
export function deviceRhs(
  evaluate: TensorEvaluation,
  state: TreeLayout,
  params: ReadonlyArray<Tensor>,
): DeviceRhs {
  let calls = 0
  const f = (t: number, h: Tensor1D): Tensor1D =>
    tf.tidy(() => joined(evaluate(tf.scalar(t), apart(h, state), params)))
  const counting =
    (rhs: (t: number, y: DeviceVector) => Tensor1D[]) =>
    (space: DeviceSpace): Rhs<DeviceVector> =>
    (t, y, out) => {
      calls++
      space.release(out)
      return space.adopt(tf.tidy(() => rhs(t, y)))
    }
  /** [f, -a df/dh, -a df/dtheta] at (t, h). */
  const products = (t: number, h: Tensor1D, a: Tensor1D, hasParts: boolean): Tensor1D[] => {
    const leaves = apart(h, state)
    const made = vectorJacobianProduct(
      () => joined(evaluate(tf.scalar(t), leaves, params)),
      [...leaves, ...params],
      a,
    )
    const gradients = [...leaves, ...params].map((x, i) => made.products[i] ?? tf.zerosLike(x))
    const ofParams = gradients.slice(leaves.length)
    const b = hasParts || params.length === 0 ? ofParams : [joined(ofParams)]
    const negative = [joined(gradients.slice(0, leaves.length)), ...b].map((x) => x.flatten().neg())
    return [made.value as Tensor1D, ...(negative as Tensor1D[])]
  }
  return {
    f,
    count: () => calls,
    state: counting((t, [h]) => [f(t, h!)]),
    augmented: (space, hasParts) => counting((t, [h, a]) => products(t, h!, a!, hasParts))(space),
    along: (space, hasParts, h) => counting((t, [a]) => products(t, h(t), a!, hasParts).slice(1))(space),
  }
}

/** Leaves one after another, in a new tensor of rank 1. */
export function joined(leaves: ReadonlyArray<Tensor>): Tensor1D {
  return leaves.length === 1 ? leaves[0]!.flatten() : tf.concat(leaves.map((leaf) => leaf.flatten()))
}

/** The leaves of a tensor of rank 1, in new tensors. */
export function apart(flat: Tensor1D, { shapes, sizes }: TreeLayout): Tensor[] {
  if (shapes.length === 1) return [flat.reshape(shapes[0] as number[])]
  return tf.split(flat, sizes as number[]).map((leaf, i) => leaf.reshape(shapes[i] as number[]))
}
