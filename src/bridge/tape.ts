import { disposeSaved, engineState, forgetTape, type EngineState } from './abandonedTape.ts'
import { tf, type Tensor, type Variable } from './tensor.ts'

/**
 * Runs `body` with a tape of its own and puts the outer one back. Needed because a gradient taken inside the gradient function of a
 * `tf.customGrad` clears the tape that is being played back. On failure the tensors saved by the inner tape are disposed.
 */
function withOwnTape<T>(body: (state: EngineState) => T): T {
  const state = engineState()
  const { activeTape, gradientDepth, kernelDepth } = state
  state.activeTape = null
  state.gradientDepth = 0
  state.kernelDepth = 0
  try {
    return body(state)
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

/**
 * The trainable variables that f reads by itself, found by recording one evaluation.
 * @param f - of copies of `inputs`, which are never variables
 */
export function variablesRead(
  f: (copies: ReadonlyArray<Tensor>) => unknown,
  inputs: ReadonlyArray<Tensor>,
): Set<Variable> {
  return withOwnTape((state) => {
    const read = new Set<Variable>()
    tf.tidy(() => {
      const copies = inputs.map((input) => input.clone())
      state.activeTape = []
      state.gradientDepth = 1
      f(copies)
    })
    for (const { inputs: used, saved } of state.activeTape ?? []) {
      for (const tensor of Object.values(used)) {
        if (tensor instanceof tf.Variable && tensor.trainable) read.add(tensor)
      }
      for (const tensor of saved ?? []) tensor.dispose()
    }
    return read
  })
}
