import { tf, type Tensor } from './tensor.ts'

/** The parts of tfjs's engine state that gradients have to keep apart; not in its typings. */
export interface EngineState {
  activeTape: Tape | null
  gradientDepth: number
  kernelDepth: number
}

/** What a gradient function does, recorded. */
export type Tape = TapeNode[]

export interface TapeNode {
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly outputs: ReadonlyArray<Tensor & { readonly kept: boolean }>
  readonly saved?: ReadonlyArray<Tensor>
}

/** The engine's methods that end a tape, and a scope with its result; not in its typings. */
interface TapeEngine {
  readonly state: EngineState
  endTape(): void
  endScope(result?: unknown): void
}

const engine = (): TapeEngine => tf.engine() as unknown as TapeEngine

export function engineState(): EngineState {
  const { state } = engine()
  // Before the first gradient of a process tfjs has undefined there
  state.activeTape ??= null
  return state
}

/** Whether operations are being recorded for a gradient: inside a gradient function, for a gradient of the gradient. */
export function isRecording(): boolean {
  return engineState().gradientDepth > 0
}

/** Disposes of what the operations of a tape saved for the backward pass. */
export function disposeSaved(tape: Tape | null): void {
  for (const node of tape ?? []) for (const tensor of node.saved ?? []) tensor.dispose()
}

/**
 * Releases what a gradient computation that threw had saved for its backward pass, and the loss, where the backward pass threw; tfjs itself
 * leaves them behind. Where a solve of `odeint` threw it was already called; other errors in a gradient function need it. Does nothing while a
 * tape is being recorded, since the caller may catch the error there and go on.
 */
export function releaseAbandonedTape(): void {
  const state = engineState()
  if (state.gradientDepth > 0) return
  disposeSaved(state.activeTape)
  // All others ended with the tidy of the forward pass, except what somebody keeps
  for (const { outputs } of state.activeTape ?? [])
    for (const output of outputs) if (!output.kept) output.dispose()
  state.activeTape = null
}

/** Tapes on which a solve threw and that are not over. */
const watched = new Set<Tape>()

/**
 * Releases the tape that is being recorded as soon as the gradient function that records it throws; if it catches the error and returns, or none is
 * being recorded, nothing happens. The engine is watched meanwhile: it tells nobody of an error, but ends the scope of a gradient function without
 * a result then, and next the tape.
 */
export function releaseTapeIfItFails(): void {
  const tape = engineState().activeTape
  if (!isRecording() || tape === null) return
  if (watched.size === 0) watch(engine())
  watched.add(tape)
}

/** The tape is over by other ways than `endTape`. */
export function forgetTape(tape: Tape | null): void {
  if (tape !== null && watched.delete(tape) && watched.size === 0) unwatch()
}

let unwatch: () => void = () => {}

/** Puts its own methods over those of the class until `unwatch`. */
function watch(at: TapeEngine): void {
  const { endTape, endScope } = at
  let result: unknown
  at.endScope = function (value) {
    result = value
    endScope.call(this, value)
  }
  at.endTape = function () {
    endTape.call(this)
    // A gradient inside of another one records on the same tape
    if (this.state.gradientDepth > 0) return
    const { activeTape } = this.state
    if (activeTape === null || !watched.has(activeTape)) return
    forgetTape(activeTape)
    if (result === undefined) releaseAbandonedTape()
  }
  unwatch = () => Object.assign(at, { endTape, endScope })
}
