import { makeErk, type ErkMethod } from './butcherTableau.ts'

/**
 * Bogacki-Shampine 3(2), three stages and "first same as last"; the third-order solution is carried on.
 *
 * Coefficients: Bogacki, Shampine, "A 3(2) pair of Runge-Kutta formulas", Appl. Math. Lett. 2 (1989), eq. (5).
 * For y' = -k y the estimate is z^2 (1 + z) / 48, z = -h k: none at h k = 1, the step that scipy's choice of the first one often makes. The second
 * estimate, z^2 / 48, is b minus the weights of another embedded solution of order 2; it takes no f at the new point.
 *
 * The dense output is the cubic through both ends and their derivatives.
 */
export const rk23: ErkMethod = makeErk({
  name: 'RK23',
  order: 3,
  c: [0, 1 / 2, 3 / 4],
  a: [[], [1 / 2], [0, 3 / 4]],
  b: [2 / 9, 1 / 3, 4 / 9],
  error: {
    kind: 'embedded',
    order: 2,
    e: [5 / 72, -1 / 12, -1 / 9, 1 / 8],
    second: [1 / 36, -1 / 12, 1 / 18, 0],
  },
  dense: { kind: 'hermite' },
})
