import type { SparseRow } from '../method/butcherTableau.ts'
import { copyOf, type VectorSpace } from './vectorSpace.ts'
import type { Rhs, Workspace } from './workspace.ts'

/** A row with the two slots beside its own: of `out` and y for a combination, of yNew and y for a norm. */
interface PlacedRow extends SparseRow {
  readonly to: number
  readonly y: number
  /** The slot of a combination that is set to zero too, or -1. */
  readonly cleared: number
  /** The second row of a mixed norm. */
  readonly three?: SparseRow
}

/** A workspace over any vector space: one handle for each slot. */
export class SpaceWorkspace<V, S = number> implements Workspace<V, S> {
  readonly vectors: V[]
  readonly #space: VectorSpace<V, S>
  readonly #rows: PlacedRow[] = []
  readonly #terms: V[]
  /** Made when a slot is cleared for the first time. */
  #zeros: V | null = null
  #wasReleased = false

  /** @param like - gives shape and element type of the `slots` vectors, which start at zero */
  constructor(space: VectorSpace<V, S>, like: V, slots: number) {
    this.#space = space
    this.vectors = Array.from({ length: slots }, () => space.zerosLike(like))
    this.#terms = this.vectors.slice()
  }

  evaluate(f: Rhs<V>, t: number, from: number, to: number): void {
    const { vectors } = this
    vectors[to] = f(t, vectors[from]!, vectors[to]!)
  }

  store(slot: number, v: V): void {
    if (this.vectors[slot] === v) return
    this.vectors[slot] = this.#space.combine(this.vectors[slot]!, v, 0, [], [], 0)
  }

  swap(a: number, b: number): void {
    const v = this.vectors[a]!
    this.vectors[a] = this.vectors[b]!
    this.vectors[b] = v
  }

  clear(slot: number): void {
    const old = this.vectors[slot]!
    this.#zeros ??= this.#space.zerosLike(old)
    this.vectors[slot] = this.#space.combine(old, this.#zeros, 0, [], [], 0)
  }

  addRow(row: SparseRow, out: number, y: number, cleared = -1): number {
    return this.#rows.push({ ...row, to: out, y, cleared }) - 1
  }

  addNorm(row: SparseRow, y: number, yNew: number): number {
    return this.#rows.push({ ...row, to: yNew, y, cleared: -1 }) - 1
  }

  addMixedNorm(five: SparseRow, three: SparseRow, y: number, yNew: number): number {
    return this.#rows.push({ ...five, to: yNew, y, cleared: -1, three }) - 1
  }

  combine(row: number, h: number): void {
    const { index, weight, to, y, cleared } = this.#rows[row]!
    const { vectors } = this
    if (cleared >= 0) this.clear(cleared)
    this.#gather(index)
    vectors[to] = this.#space.combine(vectors[to]!, vectors[y]!, h, weight, this.#terms, index.length)
  }

  norm(norm: number, h: number): S {
    const row = this.#rows[norm]!
    if (row.three === undefined) return this.#normOf(row, h, row)
    return this.#space.mixedNorm(h, this.#normOf(row, 1, row), this.#normOf(row.three, 1, row))
  }

  mixedNormWithin(norm: number, h: number): S {
    const row = this.#rows[norm]!
    return this.#space.mixedNorm(1, this.#normOf(row, h, row), this.#normOf(row.three!, h, row))
  }

  #normOf({ index, weight }: SparseRow, h: number, { to, y }: PlacedRow): S {
    const { vectors } = this
    this.#gather(index)
    return this.#space.errorNorm(h, weight, this.#terms, index.length, vectors[y]!, vectors[to]!)
  }

  finiteness(slot: number): S {
    return this.#space.finiteness(this.vectors[slot]!)
  }

  copyOf(slot: number): V {
    return copyOf(this.#space, this.vectors[slot]!)
  }

  release(): void {
    if (this.#wasReleased) return
    this.#wasReleased = true
    for (const v of this.vectors) this.#space.release(v)
    if (this.#zeros !== null) this.#space.release(this.#zeros)
  }

  #gather(index: ReadonlyArray<number>): void {
    for (let j = 0; j < index.length; j++) this.#terms[j] = this.vectors[index[j]!]!
  }
}
