import { tf, type Tensor } from './tensor.ts'

/** One tensor, an array of tensors, or a record of tensors. */
export type TensorTree = Tensor | ReadonlyArray<Tensor> | { readonly [name: string]: Tensor }

/** How the leaves of a tree lie one after another in a flat vector. */
export interface TreeLayout {
  readonly form: 'tensor' | 'array' | 'record'
  /** Of the leaves of a record. */
  readonly names: ReadonlyArray<string>
  readonly shapes: ReadonlyArray<ReadonlyArray<number>>
  readonly sizes: ReadonlyArray<number>
  readonly total: number
  /** Puts leaves back into the form of the tree. */
  readonly rebuild: (leaves: ReadonlyArray<Tensor>) => TensorTree
}

/** The leaves of a tree in a fixed order. */
export function leavesOf(tree: TensorTree): Tensor[] {
  if (tree instanceof tf.Tensor) return [tree]
  return Array.isArray(tree) ? [...(tree as Tensor[])] : Object.values(tree as Record<string, Tensor>)
}

export function layoutOf(tree: TensorTree): TreeLayout {
  const leaves = leavesOf(tree)
  const shapes = leaves.map((leaf) => leaf.shape)
  const sizes = leaves.map((leaf) => leaf.size)
  const form = tree instanceof tf.Tensor ? 'tensor' : Array.isArray(tree) ? 'array' : 'record'
  const names = form === 'record' ? Object.keys(tree) : []
  const rebuild = (parts: ReadonlyArray<Tensor>): TensorTree => {
    if (form === 'tensor') return parts[0]!
    return form === 'array' ? parts : Object.fromEntries(names.map((name, i) => [name, parts[i]!]))
  }
  return { form, names, shapes, sizes, total: sizes.reduce((sum, size) => sum + size, 0), rebuild }
}

/** New tensors with the values of a flat vector. Copies: some backends keep the buffer they are given. */
export function toLeaves(flat: Float32Array, layout: TreeLayout): Tensor[] {
  let from = 0
  return layout.shapes.map((shape, i) => {
    const to = from + layout.sizes[i]!
    const leaf = tf.tensor(flat.slice(from, to), shape as number[], 'float32')
    from = to
    return leaf
  })
}

/** Copies the values of leaves into a flat vector of the layout's total length. A null leaf counts as zeros. */
export function readLeaves(
  leaves: ReadonlyArray<Tensor | null>,
  layout: TreeLayout,
  out: Float32Array,
): void {
  let from = 0
  leaves.forEach((leaf, i) => {
    const size = layout.sizes[i]!
    if (leaf === null) out.fill(0, from, from + size)
    else out.set(leaf.dataSync(), from)
    from += size
  })
}
