import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** The two directions in which points spread most, and the points along them. */
export interface PrincipalComponents {
  /** Shares of the whole variance, the larger first. */
  readonly explained: readonly [number, number]
  /** Shape (points, 2). */
  readonly coordinates: ReadonlyArray<readonly [number, number]>
}

/** Share of the whole variance that is far below rounding. */
const NEGLIGIBLE = 1e-30

/**
 * Principal component analysis to two dimensions, by the eigenvectors of the covariance matrix. The sign of a component is free: that of its largest entry is made positive.
 * @param points - shape (points, dim), at least two of each
 * @see Jolliffe, "Principal Component Analysis", 2nd ed. (2002), Ch. 1
 */
export function principalComponents(points: ReadonlyArray<ArrayLike<number>>): PrincipalComponents {
  const centred = new Matrix(points.map((point) => Array.from(point))).center('column')
  const covariance = centred
    .transpose()
    .mmul(centred)
    .div(Math.max(1, points.length - 1))
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(withoutTiny(covariance), {
    assumeSymmetric: true,
  })
  const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  const axes = order.slice(0, 2).map((k) => {
    const axis = eigenvectorMatrix.getColumn(k)
    const largest = axis.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
    return largest < 0 ? axis.map((x) => -x) : axis
  })
  const total = realEigenvalues.reduce((sum, value) => sum + value, 0)
  const share = (k: number): number => (total > 0 ? Math.max(0, realEigenvalues[order[k]!]!) / total : 0)
  const projected = centred.mmul(new Matrix(axes).transpose())
  return {
    explained: [share(0), share(1)],
    coordinates: points.map((_, i) => [projected.get(i, 0), projected.get(i, 1)]),
  }
}

/** ml-matrix's iteration fails where products of entries underflow. */
function withoutTiny(covariance: Matrix): Matrix {
  const least = NEGLIGIBLE * covariance.trace()
  const entries = covariance.to2DArray().map((row) => row.map((c) => (Math.abs(c) < least ? 0 : c)))
  return new Matrix(entries)
}
