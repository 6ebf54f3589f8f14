import { engineState, type Tape } from './abandonedTape.ts'
import { tf, type Tensor } from './tensor.ts'

/** The engine's method that every gradient goes through; not in its typings. */
interface GradientEngine {
  gradients(f: () => Tensor, xs: Tensor[], dy?: Tensor, allowNoGradients?: boolean): unknown
}

/** What the gradients under way are taken of, the outermost first. */
const inputs: ReadonlyArray<Tensor>[] = []
/** Tapes that were put aside for one of their own, the outermost first, each with the number of `inputs` then. */
const aside: { readonly tape: Tape; readonly nInputs: number }[] = []

/** Has tfjs say from now on what gradients are taken of: a tape knows what was computed of what, not for whom. Call once. */
export function watchGradientInputs(): void {
  const engine = tf.engine() as unknown as GradientEngine
  const { gradients } = engine
  engine.gradients = function (f, xs, dy, allowNoGradients) {
    return withGradientInputs(xs, () => gradients.call(this, f, xs, dy, allowNoGradients))
  }
}

/** Runs `body` as if a gradient were taken of `xs` in it. */
export function withGradientInputs<T>(xs: ReadonlyArray<Tensor>, body: () => T): T {
  inputs.push(xs)
  try {
    return body()
  } finally {
    inputs.pop()
  }
}

/** Runs `body`, which records on another tape. */
export function withTapeAside<T>(tape: Tape | null, body: () => T): T {
  if (tape === null) return body()
  aside.push({ tape, nInputs: inputs.length })
  try {
    return body()
  } finally {
    aside.pop()
  }
}

/** Whether a gradient under way depends on one of the tensors. */
export function isDependent(tensors: ReadonlyArray<Tensor>): boolean {
  const isInput = tensors.some((tensor) => inputs.some((xs) => xs.includes(tensor)))
  if (isInput || tensors.length === 0) return isInput
  const ids = dependentIds()
  return tensors.some(({ id }) => ids.has(id))
}

/** A set of tensors by their ids. */
export interface TensorIds {
  has(id: number): boolean
}

/** What is known of a tape: which tensors on it depend on the inputs, up to some node. */
interface KnownTape {
  readonly inputs: ReadonlyArray<ReadonlyArray<Tensor>>
  readonly ids: Set<number>
  nodes: number
}

/** So that many solves of one gradient, each of which asks, do not walk over the whole tape each. */
const known = new WeakMap<Tape, KnownTape>()

/** The ids of the tensors that gradients under way are taken of, and of all that were computed from them on a tape. */
export function dependentIds(): TensorIds {
  const layers: Set<number>[] = []
  const ids: TensorIds = { has: (id) => layers.some((layer) => layer.has(id)) }
  const tapes = [...aside, { tape: engineState().activeTape ?? [], nInputs: inputs.length }]
  let from = 0
  for (const { tape, nInputs } of tapes) {
    const own = inputs.slice(from, nInputs)
    from = nInputs
    const found = knownOf(tape, own)
    layers.push(found.ids)
    for (; found.nodes < tape.length; found.nodes++) {
      const { inputs: read, outputs } = tape[found.nodes]!
      if (Object.values(read).some(({ id }) => ids.has(id))) for (const { id } of outputs) found.ids.add(id)
    }
  }
  return ids
}

function knownOf(tape: Tape, own: ReadonlyArray<ReadonlyArray<Tensor>>): KnownTape {
  const before = known.get(tape)
  if (
    before !== undefined &&
    own.length === before.inputs.length &&
    own.every((xs, i) => xs === before.inputs[i])
  ) {
    return before
  }
  const fresh = { inputs: own, ids: new Set(own.flat().map(({ id }) => id)), nodes: 0 }
  known.set(tape, fresh)
  return fresh
}
