/** Where an early stop stands, as plain JSON. */
export interface EarlyStopState {
  /** The best accuracy of the epochs' ends so far; null before the first. */
  readonly best: number | null
  /** Epochs since that were no better. */
  readonly waited: number
  /** The parameters of the best epoch, see `encode`; null before the first. */
  readonly parameters: string | null
}

export const EARLY_STOP_START: EarlyStopState = { best: null, waited: 0, parameters: null }

/**
 * The state after one more epoch.
 * @param parameters - those of now, as text; asked for only if the epoch is the best so far
 * @see Prechelt, "Early Stopping - But When?" (1998), Sec. 2.1: stop after a number of strips without progress and keep the best
 */
export function afterEpoch(
  state: EarlyStopState,
  accuracy: number,
  parameters: () => string,
): EarlyStopState {
  if (state.best !== null && !(accuracy > state.best)) return { ...state, waited: state.waited + 1 }
  return { best: accuracy, waited: 0, parameters: parameters() }
}
