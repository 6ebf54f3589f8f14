import type { DenseOutput } from './dense/denseOutput.ts'
import { firstNonFinite } from './failure.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/** Raised where an interpolant is asked for that has values which are not finite; becomes a failure of the result. */
export class NonFiniteInterpolant extends Error {
  override readonly name = 'NonFiniteInterpolant'
  readonly component: number
  constructor(tOld: number, t: number, component: number) {
    super(
      `The interpolant of the step from ${tOld} to ${t} is not finite, as fun is not at a time that it needs, or very large.`,
    )
    this.component = component
  }
}

/** Looks at the interpolant in a few places: for steps whose numbers are near the largest one. */
export function demandFinite<V extends FloatArray>(dense: DenseOutput<V>): void {
  const { tOld, t } = dense
  for (const x of [0.25, 0.5, 0.75, 1]) {
    const component = firstNonFinite(dense.at(tOld + x * (t - tOld)))
    if (component >= 0) throw new NonFiniteInterpolant(tOld, t, component)
  }
}
