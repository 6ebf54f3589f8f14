/** The solution within one step. */
export interface DenseOutput<V> {
  readonly tOld: number
  readonly t: number
  /** The state at time t in a new vector; outside the step the formula is extrapolated. */
  at(t: number): V
}
