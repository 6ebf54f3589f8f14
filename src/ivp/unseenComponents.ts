import { tellOnce } from './noticed.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import { toleranceAt, type Tolerance } from './space/vectorSpace.ts'

/** Components that start at zero are followed up to this number. */
const MOST = 64
/** Components that are named. */
const NAMED = 5

/**
 * Names the components that error control does not see, since their absolute tolerance is larger than they are: those that start below it without
 * being zero, and those that start at zero and never rise above it. An epidemic that begins with fewer cases than `atol` may never happen.
 */
export interface UnseenComponents<V> {
  /** Whether `look` may be left out. */
  readonly isEmpty: boolean
  /** After each step. */
  look(y: V): void
  /** Adds what is to be said in the end. */
  tell(warnings: string[]): void
}

/**
 * Null where error control sees all of them from the start.
 * @param warnings - where those are named that start below their tolerance
 */
export function unseenComponents<V extends FloatArray>(
  y0: V,
  { atol }: Tolerance,
  warnings: string[],
): UnseenComponents<V> | null {
  for (let i = 0; i < y0.length; i++)
    if (Math.abs(y0[i]!) < toleranceAt(atol, i)) return new Unseen(y0, atol, warnings)
  return null
}

class Unseen<V extends FloatArray> implements UnseenComponents<V> {
  private readonly n: number
  private readonly atol: number | Float64Array
  /** Components that start at zero and have not risen above their tolerance, and which of them were not zero. */
  private readonly low: number[] = []
  private readonly hasMoved: boolean[] = []

  constructor(y0: V, atol: number | Float64Array, warnings: string[]) {
    this.n = y0.length
    const below: number[] = []
    this.atol = atol
    for (let i = 0; i < y0.length; i++) {
      const size = Math.abs(y0[i]!)
      if (!(size < toleranceAt(atol, i))) continue
      if (size > 0) below.push(i)
      else if (this.low.length < MOST) {
        this.low.push(i)
        this.hasMoved.push(false)
      }
    }
    if (!isWorthSaying(below.length, y0.length)) return
    const values = below.slice(0, NAMED).map((i) => `${y0[i]!} < ${toleranceAt(atol, i)}`)
    const text = `${named(below)} at the start below \`atol\` (${listed(values, below.length)}): errors as large as the value are let through, so that it may be wrong altogether. ${CURE}`
    tellOnce(warnings, text)
  }

  get isEmpty(): boolean {
    return this.low.length === 0
  }

  look(y: V): void {
    const { low, hasMoved } = this
    const atol = this.atol
    for (let q = low.length - 1; q >= 0; q--) {
      const i = low[q]!
      const size = Math.abs(y[i]!)
      if (size > toleranceAt(atol, i)) {
        const last = low.length - 1
        low[q] = low[last]!
        hasMoved[q] = hasMoved[last]!
        low.pop()
        hasMoved.pop()
      } else if (size !== 0) hasMoved[q] = true
    }
  }

  tell(warnings: string[]): void {
    const never = this.low.filter((_, q) => this.hasMoved[q]).sort((a, b) => a - b)
    if (!isWorthSaying(never.length, this.n)) return
    const text = `${named(never)} never above \`atol\` (${toleranceAt(this.atol, never[0]!)}): errors as large as the value are let through. ${CURE}`
    tellOnce(warnings, text)
  }
}

/** A few components, or most: of a field, such as the values of a function on a mesh or of a net's features, some are small in any case. */
function isWorthSaying(count: number, n: number): boolean {
  return count > 0 && (count <= NAMED || 2 * count > n)
}

const CURE = 'If it matters, give a smaller `atol`; an array has one for each component.'

function named(components: ReadonlyArray<number>): string {
  const [first] = components
  if (components.length === 1) return `Component ${first} is`
  return `Components ${listed(components.slice(0, NAMED), components.length)} are`
}

function listed(shown: ReadonlyArray<number | string>, count: number): string {
  return `${shown.join(', ')}${count > shown.length ? `, ... (${count} in all)` : ''}`
}
