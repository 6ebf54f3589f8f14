import { defaultBound, lostState, runawaySize, runawayState } from '../../adjoint/stateWatch.ts'
import type { ForwardFacts } from '../../adjoint/continuousAdjoint.ts'
import { tooManySteps } from '../../adjoint/backwardFailure.ts'
import { RTOL_FLOOR } from '../../ivp/check/tolerance.ts'
import type { IvpFailure } from '../../ivp/index.ts'
import { tf, type Tensor1D } from '../tensor.ts'
import { scaleOf, type DeviceVector } from './deviceSpace.ts'
import { measure, type Reading } from './reading.ts'

/** Steps between two looks at the size of the state, each of which reads a number. */
const PERIOD = 8

/** `StateWatch` for a state on the device, and the bound on the steps of a backward solve. */
export class DeviceWatch {
  readonly #facts: ForwardFacts<Float32Array>
  readonly #bound: number
  /** Whether h is a part of the state. */
  readonly #hasState: boolean
  #steps = 0
  readonly #mostSteps: number
  /** Makes the stored output that the segment begins with, and the one that it ends with. */
  #from: () => Tensor1D = () => tf.tensor1d([])
  #to: () => Tensor1D = () => tf.tensor1d([])
  /** Where the step that is being taken began; null at the beginning of a segment. */
  #before: Tensor1D | null = null
  #limit: number | null = null

  /** @param bound - see `BackwardOptions.reconstruction` @param maxSteps - where it is given, the solves bound themselves */
  constructor(
    facts: ForwardFacts<Float32Array>,
    hasState: boolean,
    bound: number | undefined,
    maxSteps: number | undefined,
  ) {
    this.#facts = facts
    this.#hasState = hasState
    this.#bound = bound ?? defaultBound(facts.tolerance)
    this.#mostSteps = maxSteps === undefined ? facts.mostSteps : Infinity
  }

  /** The failure by which it ended a solve. */
  ended: IvpFailure | null = null

  /** Of a segment between two outputs. */
  begin(from: () => Tensor1D, to: () => Tensor1D): void {
    this.release()
    this.#limit = null
    this.#from = from
    this.#to = to
  }

  /** After a step that is not the last. */
  *look(t: number, [h]: DeviceVector): Reading<IvpFailure | null> {
    this.#steps++
    if (this.#steps >= this.#mostSteps) return (this.ended = tooManySteps(t, this.#mostSteps))
    if (!this.#hasState || this.#bound === Infinity) return null
    this.release()
    this.#before = h!.clone()
    if (this.#steps % PERIOD !== 0) return null
    this.#limit ??= yield* measure({
      tensor: tf.tidy(() => tf.stack([this.#from().abs().max(), this.#to().abs().max()])),
      of: ({ 0: from, 1: to }) => runawaySize(from!, to!, this.#facts.tolerance),
    })
    const size = yield* measure({ tensor: tf.tidy(() => h!.abs().max()), of: (data) => data[0]! })
    return size > this.#limit ? (this.ended = runawayState(t)) : null
  }

  /** At the end of a segment. */
  *compare(t: number, h: Tensor1D): Reading<IvpFailure | null> {
    if (!this.#hasState || this.#bound === Infinity) return null
    const { rtol = 1e-3, atol = 1e-6 } = this.#facts.tolerance
    const own = (values: number | ArrayLike<number>): number | Float64Array =>
      typeof values === 'number' ? values : Float64Array.from(values)
    const floored =
      typeof rtol === 'number'
        ? Math.max(rtol, RTOL_FLOOR.float32)
        : Float64Array.from(rtol, (each) => Math.max(each, RTOL_FLOOR.float32))
    const tensor = tf.tidy(() => {
      const stored = this.#to()
      const allowed = scaleOf({ rtol: floored, atol: own(atol) }, stored, this.#before ?? this.#from())
      const off = h.sub(stored)
      // Equal ones are not off, though nothing be allowed
      return tf.where(off.equal(0), tf.zerosLike(off), off.div(allowed).square()).mean()
    })
    const off = yield* measure({ tensor, of: (data) => Math.sqrt(data[0]!) })
    return off <= this.#bound ? null : lostState(t, off, this.#bound)
  }

  /** To be called in the end. */
  release(): void {
    this.#before?.dispose()
    this.#before = null
  }
}
