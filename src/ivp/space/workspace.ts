import type { SparseRow } from '../method/butcherTableau.ts'

/**
 * The vectors of one solve, addressed by slot (0, 1, ...), and what a Runge-Kutta method does with them step after step. A row of the
 * tableau is made known once; combining then moves no array handles about.
 *
 * V is the vector handle. Instances: `SpaceWorkspace` over any vector space, `WasmWorkspace` for flat arrays in a wasm memory.
 */
export interface Workspace<V> {
  /** The vector in a slot; for flat arrays a view, valid until `release`. */
  vector(slot: number): V
  /** Puts a vector into a slot; for flat arrays its values. */
  store(slot: number, v: V): void
  /** Exchanges what two slots hold. */
  swap(a: number, b: number): void
  /** Three slots in a ring: what a holds goes to b, that of b to c, that of c to a. */
  rotate(a: number, b: number, c: number): void
  /** Sets a slot to zero. */
  clear(slot: number): void
  /** Makes a row known: weights of the vectors in slots `index`. Returns its number. */
  addRow(row: SparseRow): number
  /** out = y + h (the row's weights times its vectors); out may be y. */
  combine(out: number, y: number, h: number, row: number): void
  /**
   * Norm of h (the row's weights times its vectors) in units of the tolerance at max(|y|, |yNew|): see `VectorSpace.errorNorm`. May overwrite
   * the slot `scratch`.
   */
  errorNorm(y: number, yNew: number, h: number, row: number, scratch: number): number
  isFinite(slot: number): boolean
  /** An independent copy, which outlives the workspace. */
  copyOf(slot: number): V
  /** Gives the storage back; nothing may be called afterwards. Idempotent. */
  release(): void
}
