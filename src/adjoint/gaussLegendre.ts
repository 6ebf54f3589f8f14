// oxlint-disable no-loss-of-precision -- printed digits
/** Nodes in [0, 1] and weights of the 4-point Gauss-Legendre rule, exact for polynomials of degree 7. Abramowitz, Stegun, "Handbook", Table 25.4. */
const A = 0.339981043584856264802665759103
const B = 0.861136311594052575223946488893
const WA = 0.652145154862546142626936050778
const WB = 0.347854845137453857373063949222

export const NODES: ReadonlyArray<number> = [(1 - B) / 2, (1 - A) / 2, (1 + A) / 2, (1 + B) / 2]
export const WEIGHTS: ReadonlyArray<number> = [WB / 2, WA / 2, WA / 2, WB / 2]
