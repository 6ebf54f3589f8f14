/** Predicates that tfjs-node 4.22 calls on `node:util`; Node 23 took the first away, later ones take the second. */
export interface UtilPredicates {
  isNullOrUndefined?: (value: unknown) => boolean
  isArray?: (value: unknown) => boolean
}

/** Puts the predicates that this Node lacks back on its `util`, which the native package reads at every call. Leaves those that are there. */
export function restoreUtilPredicates(util: UtilPredicates): void {
  util.isNullOrUndefined ??= (value) => value === null || value === undefined
  util.isArray ??= (value) => Array.isArray(value)
}
