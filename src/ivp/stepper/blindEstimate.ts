import type { ErkMethod } from '../method/butcherTableau.ts'

/** The error that a second estimate must see in a step that the first one let pass, in tolerances. */
const BLIND = 10

/**
 * What to say of a first step whose error estimate vanished by accident: that of RK23 does so for y' = -k y at h = 1 / k, which scipy's choice of the
 * first step meets where rates are large numbers (100 h0 of Sec. II.4 in Hairer, Norsett, Wanner I is the shorter one then). The steps stay scipy's.
 * @param error - by the second estimate, in tolerances
 * @returns null if it agrees
 */
export function blindEstimate({ name }: ErkMethod, t: number, h: number, error: number): string | null {
  if (!(error > BLIND)) return null
  const length = Math.abs(h)
  return `The error estimate of ${name} vanished by accident in the first step, ${length} from t = ${t} on: another one is ${error.toPrecision(2)} tolerances, so that the result may be wrong by as much. Give a smaller \`firstStep\`, such as ${(length / 100).toPrecision(2)}.`
}
