import type { DifferentiableRhs } from '../../src/adjoint/index.ts'

/** dh/dt = w h + b, theta = [w, b]. */
export const affine = (w: number, b: number): DifferentiableRhs<Float64Array> => ({
  nParams: 2,
  f: (_t, h, dh) => {
    dh[0] = w * h[0]! + b
  },
  vjp: (_t, h, a, out) => {
    out.dh[0] = w * h[0]! + b
    out.ah[0] = a[0]! * w
    out.atheta[0] = a[0]! * h[0]!
    out.atheta[1] = a[0]!
  },
})
