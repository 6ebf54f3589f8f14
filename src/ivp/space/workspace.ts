import type { SparseRow } from '../method/butcherTableau.ts'

/** f(t, y) written to `out`; only the returned value is valid afterwards. For flat arrays it is always `out`. */
export type Rhs<V> = (t: number, y: V, out: V) => V

/**
 * The vectors of one solve, addressed by slot (0, 1, ...), and what a Runge-Kutta method does with them step after step. A linear combination
 * or a norm is made known once, with the slots that it reads and writes; running it then moves nothing about but h.
 *
 * V is the vector handle; S is `number` where a norm is at hand, a handle of one where it must travel from a device. Instances: `SpaceWorkspace` over any
 * vector space, `WasmWorkspace` for flat arrays in a wasm memory.
 */
export interface Workspace<V, S = number> {
  /** What every slot holds now; for flat arrays views, valid until `release`. */
  readonly vectors: ReadonlyArray<V>
  /** Puts f(t, what `from` holds) into the slot `to`. */
  evaluate(f: Rhs<V>, t: number, from: number, to: number): void
  /** Puts a vector into a slot; for flat arrays its values. */
  store(slot: number, v: V): void
  /** Exchanges what two slots hold. */
  swap(a: number, b: number): void
  /** Sets a slot to zero. */
  clear(slot: number): void
  /**
   * Makes out = y + h (the row's weights times the vectors in its slots) known; out may be y. Returns its number for `combine`.
   * @param cleared - a slot that `combine` sets to zero too, none of the others: of a derivative that is evaluated next; default none
   */
  addRow(row: SparseRow, out: number, y: number, cleared?: number): number
  combine(row: number, h: number): void
  /**
   * Makes the norm of h (the row's weights times its vectors) in units of the tolerance at max(|y|, |yNew|) known: see `VectorSpace.errorNorm`.
   * Returns its number for `norm`.
   */
  addNorm(row: SparseRow, y: number, yNew: number): number
  /** The same for `mixedNorm` of two rows of equal length. */
  addMixedNorm(five: SparseRow, three: SparseRow, y: number, yNew: number): number
  norm(norm: number, h: number): S
  /** A mixed norm once more, with h in its parts before they are squared: see `LEAST_MIXED`. */
  mixedNormWithin(norm: number, h: number): S
  /** 0 if every component is finite, else NaN. */
  finiteness(slot: number): S
  /** An independent copy, which outlives the workspace. */
  copyOf(slot: number): V
  /** Gives the storage back; nothing may be called afterwards. Idempotent. */
  release(): void
}

/** How much a workspace must hold. */
export interface WorkspaceSize {
  readonly slots: number
  /** Calls of `addRow` and `addNorm` together. */
  readonly rows: number
  /** Terms of the longest row. */
  readonly terms: number
}
