/** The solution within one step. */
export interface DenseOutput<V> {
  /** Where the step began. */
  readonly tOld: number
  /** Where the step ended. */
  readonly t: number
  /** The state at time t in a new vector; outside the step the formula is extrapolated. */
  at(t: number): V
}

/** A solution that holds vectors of a space: whoever asked for it gives them back, where the space wants them back. */
export interface SpaceDense<V> extends DenseOutput<V> {
  /** Gives the vectors back; it does not answer any more. */
  release(): void
}
