import { disposeSaved, engineState, type EngineState, type Tape } from './abandonedTape.ts'
import { dependentIds, withGradientInputs, type TensorIds } from './gradientInputs.ts'
import { lent } from './lentMemory.ts'
import { UntrackedTensor, UntrackedVariable } from './odeErrors.ts'
import { withOwnTape } from './tape.ts'
import type { TensorEvaluation } from './tensorRhs.ts'
import { tf, type Tensor, type Variable } from './tensor.ts'

/** What an evaluation of f reads besides its arguments. */
export interface Reads {
  readonly variables: ReadonlyArray<Variable>
  /** Tensors that a gradient under way depends on. */
  readonly captured: ReadonlyArray<Tensor>
  /** The others, those through which no gradient passes, and those that f made of none of these and keeps. */
  readonly constants: ReadonlyArray<Tensor>
  /** Tensors with this id or a higher one were made by the traced evaluation or later. */
  readonly first: number
}

/** Of a function that was looked at before, outside of gradients. */
export const NO_READS: Reads = { variables: [], captured: [], constants: [], first: Infinity }

/**
 * Records one evaluation, on copies of the arguments, so that what f reads of them otherwise counts as captured.
 * @throws UntrackedTensor for a complex tensor that a gradient under way depends on
 */
export function traceReads(
  evaluate: TensorEvaluation,
  t: number,
  stateLeaves: ReadonlyArray<Tensor>,
  paramLeaves: ReadonlyArray<Tensor>,
): Reads {
  return withOwnTape((state) => {
    let reads = NO_READS
    tf.tidy(() => {
      const time = tf.scalar(t)
      const copies = [...stateLeaves, ...paramLeaves].map((leaf) => leaf.clone())
      const n = stateLeaves.length
      const first = nextTensorId()
      const given = [time, ...copies]
      recorded(state, (tape) =>
        withGradientInputs(given, () => {
          const result = evaluate(time, copies.slice(0, n), copies.slice(n))
          reads = readsOf(tape, result, first, given)
        }),
      )
    })
    return reads
  })
}

/** Runs `body` with a new tape, and releases what that saves. */
function recorded<T>(state: EngineState, body: (tape: Tape) => T): T {
  const tape: Tape = []
  Object.assign(state, { activeTape: tape, gradientDepth: 1 })
  const result = body(tape)
  disposeSaved(tape)
  return result
}

function readsOf(
  tape: Tape,
  result: ReadonlyArray<Tensor>,
  first: number,
  given: ReadonlyArray<Tensor>,
): Reads {
  const seen = new Set<Tensor>()
  visitFromOutside(tape, 0, result, first, given, (tensor) => seen.add(tensor))
  const read = [...seen]
  const others = [...read.filter((tensor) => !isTrainable(tensor)), ...keptOf(tape, first)]
  // The walk over the tapes is not made for nothing
  const ids: TensorIds = others.length === 0 ? new Set<number>() : dependentIds()
  const dependent = others.filter(({ id }) => id < first && ids.has(id))
  const captured = dependent.filter(canCarry)
  const constants = others.filter(
    (tensor) => !ids.has(tensor.id) || (dependent.includes(tensor) && !captured.includes(tensor)),
  )
  return { variables: read.filter(isTrainable), captured, constants, first }
}

/**
 * `evaluate` with the captured tensors as further parameters: f reads the values of those that come in their places, which get the gradients.
 *
 * Whenever it is recorded, what it reads is looked at again: f may read other tensors at other times.
 * @param isOnlyForward - whether there will be no backward solve, which records, but a gradient under way
 * @throws UntrackedTensor for one that a gradient depends on, UntrackedVariable; by the result
 */
export function withCaptures(
  evaluate: TensorEvaluation,
  reads: Reads,
  isOnlyForward: boolean,
): TensorEvaluation {
  const { captured, first } = reads
  const constants = new Set(reads.constants.map(({ id }) => id))
  return (t, h, params) => {
    const own = params.slice(0, params.length - captured.length)
    const originals = params.slice(own.length)
    const looking = (): Tensor[] => {
      link(captured, originals)
      const tape = engineState().activeTape!
      const [from, next] = [tape.length, nextTensorId()]
      const result = evaluate(t, h, own)
      visitFromOutside(tape, from, result, next, [t, ...h, ...own, ...captured], look)
      return result
    }
    return lent(captured, originals, () => {
      if (tf.engine().isTapeOn()) return unlent(looking())
      // A gradient that f takes of something is not recorded inside of an operation otherwise
      return withOwnTape((state) => unlent(isOnlyForward ? recorded(state, looking) : evaluate(t, h, own)))
    })
  }

  /** Its memory goes back. */
  function unlent(result: Tensor[]): Tensor[] {
    return captured.length === 0
      ? result
      : result.map((leaf) => (captured.includes(leaf) ? leaf.clone() : leaf))
  }

  function look(tensor: Tensor): void {
    const { id } = tensor
    if (isTrainable(tensor)) throw new UntrackedVariable([tensor.name])
    if (constants.has(id)) return
    const isLost = id >= first || dependentIds().has(id)
    if (isLost && canCarry(tensor)) throw new UntrackedTensor(tensor.shape, id >= first ? 'kept' : 'late')
    constants.add(id)
  }
}

/** tfjs's words for a tensor that was disposed of; the second ones where an operation looks for its memory. */
const DISPOSED = /tensor is disposed|of undefined \(reading '(backend|refCount)'\)/i

/** Runs a backward solve. @throws UntrackedTensor where f reads a tensor that is gone by then */
export function whileAlive<T>(pullback: () => T): T {
  try {
    return pullback()
  } catch (error) {
    if (error instanceof Error && DISPOSED.test(error.message)) throw new UntrackedTensor(null, 'gone', error)
    throw error
  }
}

/** Visits the tensors that were not made since `first`, other than the given ones: what operations on the tape read, and what is handed on as it is. */
function visitFromOutside(
  tape: Tape,
  from: number,
  result: ReadonlyArray<Tensor>,
  first: number,
  given: ReadonlyArray<Tensor>,
  visit: (tensor: Tensor) => void,
): void {
  const look = (tensor: Tensor): void => {
    if (tensor.id < first && !given.includes(tensor)) visit(tensor)
  }
  result.forEach(look)
  // For every evaluation of a backward solve: no lists on the way
  for (let i = from; i < tape.length; i++) {
    const { inputs } = tape[i]!
    for (const name in inputs) look(inputs[name]!)
  }
}

/** Tensors made since `first` that f keeps, for a later evaluation maybe; what the tape saved is kept as well. */
function keptOf(tape: Tape, first: number): Tensor[] {
  const seen = new Set(tape.flatMap(({ inputs, outputs }) => [...Object.values(inputs), ...outputs]))
  for (const { saved } of tape) saved?.forEach((tensor) => seen.delete(tensor))
  return [...seen].filter(
    (tensor) => tensor.id >= first && (tensor as { kept?: boolean }).kept === true && !tensor.isDisposed,
  )
}

/** Whether a gradient can pass through it. @throws UntrackedTensor where it could, but tfjs has none for it */
function canCarry({ dtype, shape }: Tensor): boolean {
  if (dtype === 'complex64') throw new UntrackedTensor(shape, 'complex')
  return dtype === 'float32'
}

function isTrainable(tensor: Tensor): tensor is Variable {
  return tensor instanceof tf.Variable && tensor.trainable
}

/** The engine numbers all tensors in the order in which they are made. */
function nextTensorId(): number {
  return (tf.engine().constructor as unknown as { readonly nextTensorId: number }).nextTensorId
}

/** Records that each tensor is a copy of its original. */
function link(tensors: ReadonlyArray<Tensor>, originals: ReadonlyArray<Tensor>): void {
  const engine = tf.engine() as unknown as {
    addTapeNode(name: string, inputs: { x: Tensor }, outputs: Tensor[], gradient: unknown, saved: []): void
  }
  tensors.forEach((tensor, i) => {
    const x = originals[i]!
    engine.addTapeNode('CapturedTensor', { x }, [tensor], (dy: Tensor) => ({ x: () => dy.clone() }), [])
  })
}
