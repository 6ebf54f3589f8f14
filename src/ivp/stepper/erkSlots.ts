import type { ErkMethod } from '../method/butcherTableau.ts'
import type { WorkspaceSize } from '../space/workspace.ts'

/** The states' slots, counted from the first one after the stages. */
export const Y = 0
/** The state of every stage in turn, then the candidate; after `accept` free. */
export const CANDIDATE = 1
/** Only for interpolants. */
export const Y_OLD = 2

/** Rows of the choice of the first step. */
const STARTING_ROWS = 5
/** Of the second estimate of the first step's error. */
const SECOND_ROWS = 1

/** Stage derivatives with f at the new point, and with an interpolant its further stages. */
export function stagesOf({ nStages, dense }: ErkMethod, hasDense: boolean): number {
  return nStages + 1 + (hasDense && dense.kind === 'nested' ? dense.a.length : 0)
}

/** What a stepper of the method needs of its workspace. */
export function sizeOf(method: ErkMethod, hasDense: boolean): WorkspaceSize {
  const { a, error, dense, nTerms } = method
  const errors = error.kind === 'none' ? 0 : error.kind === 'mixed' ? 2 : 1
  // One of them for its range
  const interpolant = hasDense ? 1 + dense.rows.length + (dense.kind === 'nested' ? dense.a.length : 0) : 0
  return {
    slots: stagesOf(method, hasDense) + (hasDense ? 3 : 2),
    rows: a.length + 1 + errors + interpolant + STARTING_ROWS + SECOND_ROWS,
    terms: nTerms,
  }
}
