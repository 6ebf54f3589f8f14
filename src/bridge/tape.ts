import { disposeSaved, engineState, forgetTape, type EngineState } from './abandonedTape.ts'
import { withTapeAside } from './gradientInputs.ts'
import { tf, type Tensor } from './tensor.ts'

/**
 * Runs `body` with a tape of its own and puts the outer one back. Needed because a gradient taken inside the gradient function of a
 * `tf.customGrad` clears the tape that is being played back. On failure the tensors saved by the inner tape are disposed.
 */
export function withOwnTape<T>(body: (state: EngineState) => T): T {
  const state = engineState()
  const { activeTape, gradientDepth, kernelDepth } = state
  state.activeTape = null
  state.gradientDepth = 0
  state.kernelDepth = 0
  try {
    return withTapeAside(activeTape, () => body(state))
  } catch (error) {
    disposeSaved(state.activeTape)
    throw error
  } finally {
    forgetTape(state.activeTape)
    Object.assign(state, { activeTape, gradientDepth, kernelDepth })
  }
}

/** Value and vector-Jacobian products. */
export interface ValueAndProducts {
  readonly value: Tensor
  /** dy . df/dx for each x; null where f does not depend on it. */
  readonly products: ReadonlyArray<Tensor | null>
}

/** f at the current values of `xs` together with dy . df/dx, on a tape of its own. */
export function vectorJacobianProduct(
  f: () => Tensor,
  xs: ReadonlyArray<Tensor>,
  dy: Tensor,
): ValueAndProducts {
  return withOwnTape(() => {
    // The engine's own entry allows inputs that f does not depend on; `tf.valueAndGrads` refuses them
    const { value, grads } = tf.engine().gradients(f, [...xs], dy, true)
    return { value, products: grads.map((grad: Tensor | undefined) => grad ?? null) }
  })
}
