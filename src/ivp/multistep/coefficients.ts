/** A linear multistep method of one order in Nordsieck form. */
export interface MultistepFormula {
  /** l_0 .. l_q, shape (q + 1): the correction e changes column j of the Nordsieck array by l_j e. l_1 = 1. */
  readonly corrector: Float64Array
  /** Divisors that turn norms into local errors in tolerances: at order q - 1 (of column q), q (of e), q + 1 (of the change of e). */
  readonly errorLower: number
  readonly errorSame: number
  readonly errorHigher: number
}

/** Highest orders, as in ODEPACK. */
export const ADAMS_MAX_ORDER = 12
export const BDF_MAX_ORDER = 5

/** Formulas by order; entry 0 is never used. */
export type MultistepFamily = ReadonlyArray<MultistepFormula>

/**
 * Adams-Moulton of order 1 to 12. With p(x) = (x + 1) ... (x + q - 1): l_0 = int_{-1}^0 p / (q - 1)!, l_j = p_{j-1} / (j (q - 1)!).
 * @see Hindmarsh, "ODEPACK, a systematized collection of ODE solvers", in Scientific Computing (1983), 55-64
 * @see Gear, "Numerical initial value problems in ordinary differential equations" (1971), Sec. 9.1.1 and Table 9.1
 */
export const adams: MultistepFamily = [0, ...orders(ADAMS_MAX_ORDER)].map((q) => {
  const p = risingProduct(q - 1)
  const scale = 1 / factorial(q - 1)
  return {
    corrector: Float64Array.from([
      scale * integralOverLastStep(p, 0),
      ...p.slice(0, q).map((c, j) => (scale * c) / (j + 1)),
    ]),
    errorLower: q <= 1 ? 0 : 1 / (adamsErrorConstant(q - 1) * factorial(q)),
    errorSame: 1 / adamsErrorConstant(q),
    errorHigher: q < ADAMS_MAX_ORDER ? 1 / adamsErrorConstant(q + 1) : 0,
  }
})

/**
 * Backward differentiation of order 1 to 5. With p(x) = (x + 1) ... (x + q): l_j = p_j / p_1.
 * @see Gear (1971), Sec. 11.1 and Table 11.1
 */
export const bdf: MultistepFamily = [0, ...orders(BDF_MAX_ORDER)].map((q) => {
  const p = risingProduct(q)
  const corrector = Float64Array.from(p, (c) => c / p[1]!)
  return {
    corrector,
    errorLower: 1 / factorial(q - 1),
    errorSame: (q + 1) / corrector[0]!,
    errorHigher: (q + 2) / corrector[0]!,
  }
})

function orders(highest: number): number[] {
  return Array.from({ length: highest }, (_, i) => i + 1)
}

function factorial(k: number): number {
  let product = 1
  for (let i = 2; i <= k; i++) product *= i
  return product
}

/** Coefficients, lowest power first, of (x + 1)(x + 2) ... (x + k). */
function risingProduct(k: number): number[] {
  let p = [1]
  for (let i = 1; i <= k; i++) p = [...p, 0].map((c, j) => i * c + (j > 0 ? p[j - 1]! : 0))
  return p
}

/** The integral of x^power p(x) from -1 to 0. */
function integralOverLastStep(p: ReadonlyArray<number>, power: number): number {
  return p.reduce((sum, c, j) => {
    const k = j + power
    return sum + ((k % 2 === 0 ? 1 : -1) * c) / (k + 1)
  }, 0)
}

/** -int_{-1}^0 x p(x) dx / q!, with p of order q. */
function adamsErrorConstant(q: number): number {
  return -integralOverLastStep(risingProduct(q - 1), 1) / factorial(q)
}
