import type { FloatArray } from '../../src/index.ts'
import type { DifferentiableRhs } from '../../src/adjoint/index.ts'

/** dh/dt = h^3 A (the cube of each component, a row vector times a matrix) in the plane, theta = A row-major: torchdiffeq's first example. */
export function spiral<V extends FloatArray>(theta: ArrayLike<number>): DifferentiableRhs<V> {
  const [a, b, c, d] = theta as unknown as readonly [number, number, number, number]
  const f = (h: V, dh: V): void => {
    const x = h[0]! ** 3
    const y = h[1]! ** 3
    dh[0] = x * a + y * c
    dh[1] = x * b + y * d
  }
  return {
    nParams: 4,
    f: (_t, h, dh) => f(h, dh),
    vjp: (_t, h, l, out) => {
      f(h, out.dh)
      out.ah[0] = 3 * h[0]! ** 2 * (l[0]! * a + l[1]! * b)
      out.ah[1] = 3 * h[1]! ** 2 * (l[0]! * c + l[1]! * d)
      for (let i = 0; i < 2; i++) {
        for (let j = 0; j < 2; j++) out.atheta[2 * i + j] = h[i]! ** 3 * l[j]!
      }
    },
  }
}
