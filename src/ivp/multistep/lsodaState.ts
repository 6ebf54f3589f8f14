/** What LSODA knows of its next step, apart from vectors and the corrector. */
export interface LsodaState {
  /** Order of the next step. */
  order: number
  /** Whether the next step is one of BDF. */
  isStiff: boolean
  /** Signed size of the next step. */
  h: number
  /** Size and order of the step taken last. */
  hUsed: number
  orderUsed: number
  /** Largest ratio of the next change of size. */
  growth: number
  /** Steps until the order is chosen anew. */
  untilOrder: number
  /** Steps until the family is; negative when due. */
  untilSwitch: number
  /** Whether stability limited the last change of an Adams step. */
  isAtStabilityLimit: boolean
}

/** Adams of order 1. */
export function lsodaStart(growth: number, untilSwitch: number): LsodaState {
  return {
    order: 1,
    isStiff: false,
    h: 0,
    hUsed: 0,
    orderUsed: 0,
    growth,
    untilOrder: 2,
    untilSwitch,
    isAtStabilityLimit: false,
  }
}
