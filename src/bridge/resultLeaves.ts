import type { TreeLayout } from './flatten.ts'
import { ResultMismatch, ShapeMismatch } from './odeErrors.ts'
import { tf, type Tensor } from './tensor.ts'

/**
 * The leaves of what a right-hand side returned, in the order of the state; those of a record by name.
 * @throws ResultMismatch for anything but float32 tensors in the form of the state; ShapeMismatch for other shapes
 */
export function resultLeaves(result: unknown, state: TreeLayout): Tensor[] {
  const leaves = leavesLike(result, state)
  if (leaves === null || !leaves.every((leaf) => leaf instanceof tf.Tensor)) {
    // Nobody will wait for it: its rejection would end the process
    if (isPromise(result)) result.then(undefined, () => {})
    throw new ResultMismatch(describe(result), formOf(state))
  }
  const cast = leaves.find(({ dtype }) => dtype !== 'float32')
  if (cast !== undefined) throw new ResultMismatch(`a tensor of dtype ${cast.dtype}`, formOf(state))
  const isSame = leaves.every(({ shape }, i) => {
    const wanted = state.shapes[i]!
    return shape.length === wanted.length && shape.every((length, axis) => length === wanted[axis])
  })
  if (!isSame) throw new ShapeMismatch(shapesText(leaves.map(({ shape }) => shape)), shapesText(state.shapes))
  return leaves
}

/** Null where the form is another one. */
function leavesLike(result: unknown, { form, names, shapes }: TreeLayout): Tensor[] | null {
  if (form === 'tensor') return [result as Tensor]
  if (form === 'array')
    return Array.isArray(result) && result.length === shapes.length ? (result as Tensor[]) : null
  if (typeof result !== 'object' || result === null) return null
  const record = result as Record<string, Tensor>
  if (Object.keys(record).length !== names.length) return null
  return names.map((name) => record[name]!)
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

function formOf({ form, names, shapes }: TreeLayout): string {
  if (form === 'tensor') return 'one float32 tensor'
  if (form === 'array') return `an array of ${shapes.length} float32 tensors`
  return `a record of the float32 tensors ${names.join(', ')}`
}

/** What a value is, in words. */
function describe(value: unknown): string {
  if (value instanceof tf.Tensor) return 'one tensor'
  if (isPromise(value)) return 'a Promise (`f` must be synchronous)'
  if (Array.isArray(value)) return `an array of ${value.map(describeLeaf).join(', ') || 'nothing'}`
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`
  const entries = Object.entries(value)
  return `a record of ${entries.map(([name, leaf]) => `${name}: ${describeLeaf(leaf)}`).join(', ') || 'nothing'}`
}

function describeLeaf(value: unknown): string {
  if (value instanceof tf.Tensor) return 'tensor'
  if (value === null || value === undefined) return String(value)
  return typeof value
}

function shapesText(shapes: ReadonlyArray<ReadonlyArray<number>>): string {
  return shapes.map((shape) => `[${shape.join(', ')}]`).join(', ')
}
