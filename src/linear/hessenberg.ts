import { Matrix } from 'ml-matrix'

/** Beside entries of size 1; still far from denormal numbers, whose quotients carry no digits. */
const NEGLIGIBLE = 1e-290

/**
 * A = Q H Q^T with Q orthogonal and H zero below the first subdiagonal, by Householder reflections. The largest entry of A should be near 1.
 * @see Golub, Van Loan, "Matrix computations", 4th ed., Algorithm 7.4.2
 */
export function hessenberg(A: Matrix): { readonly H: Matrix; readonly Q: Matrix } {
  const n = A.rows
  const H = A.clone()
  const Q = Matrix.eye(n)
  for (let k = 0; k < n - 2; k++) {
    const v = Array.from({ length: n }, (_, i) => (i > k ? H.get(i, k) : 0))
    const length = Math.hypot(...v)
    if (length < NEGLIGIBLE) {
      for (let i = k + 2; i < n; i++) H.set(i, k, 0)
      continue
    }
    v[k + 1]! += v[k + 1]! < 0 ? -length : length
    const norm = Math.hypot(...v)
    const u = Matrix.columnVector(v.map((value) => value / norm))
    const reflect = u.transpose()
    H.sub(u.mmul(reflect.mmul(H)).mul(2))
    H.sub(H.mmul(u).mmul(reflect).mul(2))
    Q.sub(Q.mmul(u).mmul(reflect).mul(2))
    for (let i = k + 2; i < n; i++) H.set(i, k, 0)
  }
  return { H, Q }
}
