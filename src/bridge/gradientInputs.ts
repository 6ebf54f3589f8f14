import { engineState, type Tape } from './abandonedTape.ts'
import { tf, type Tensor } from './tensor.ts'

/** The engine's method that every gradient goes through; not in its typings. */
interface GradientEngine {
  gradients(f: () => Tensor, xs: Tensor[], dy?: Tensor, allowNoGradients?: boolean): unknown
}

/** What the gradients under way are taken of, the outermost first. */
const inputs: ReadonlyArray<Tensor>[] = []
/** Tapes that were put aside for one of their own, the outermost first. */
const aside: Tape[] = []

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
  aside.push(tape)
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

/** The ids of the tensors that gradients under way are taken of, and of all that were computed from them on a tape. */
export function dependentIds(): ReadonlySet<number> {
  const ids = new Set(inputs.flat().map(({ id }) => id))
  for (const tape of [...aside, engineState().activeTape ?? []]) {
    for (const node of tape) {
      if (!Object.values(node.inputs).some(({ id }) => ids.has(id))) continue
      for (const { id } of node.outputs) ids.add(id)
    }
  }
  return ids
}
