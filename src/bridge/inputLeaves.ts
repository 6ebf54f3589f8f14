import { IvpInputError } from '../ivp/index.ts'
import { tf, type Tensor } from './tensor.ts'

/**
 * The leaves of an argument of `odeint`, in a fixed order.
 * @throws IvpInputError that names the leaf which is not a float32 tensor
 */
export function inputLeaves(option: 'h0' | 'params', tree: unknown): Tensor[] {
  if (tree instanceof tf.Tensor) return [checkLeaf(option, tree)]
  if (typeof tree !== 'object' || tree === null || ArrayBuffer.isView(tree)) {
    throw new IvpInputError(option, tree, 'must be a float32 tensor, or an array or a record of them')
  }
  const leaves = Array.isArray(tree)
    ? tree.map((leaf, i) => checkLeaf(`${option}[${i}]`, leaf))
    : Object.entries(tree).map(([name, leaf]) => checkLeaf(`${option}.${name}`, leaf))
  if (option === 'h0' && leaves.length === 0)
    throw new IvpInputError(option, tree, 'must hold at least one tensor')
  return leaves
}

function checkLeaf(option: string, leaf: unknown): Tensor {
  if (!(leaf instanceof tf.Tensor)) throw new IvpInputError(option, leaf, 'must be a float32 tensor')
  if (leaf.isDisposed) throw new IvpInputError(option, 'disposed', 'must be a tensor that is not disposed')
  if (leaf.dtype === 'float32') return leaf
  const instead = leaf.dtype === 'complex64' ? 'pass real and imaginary part' : 'cast it by toFloat()'
  throw new IvpInputError(option, leaf.dtype, `must be of dtype float32 (${instead})`)
}

/** @throws IvpInputError for a state with NaN or infinite components */
export function checkFinite(h0: Float32Array): void {
  const at = h0.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  throw new IvpInputError('h0', h0[at], `must be finite in every component (component ${at} is not)`)
}
