import type { GradientCertificate } from './certificate.ts'
import type { Agreement } from './agreement.ts'
import type { GradientMethod } from './pullback.ts'
import type { IvpFailure } from '../ivp/index.ts'

/** What is in use, for advice that is true of it. */
export interface InUse {
  readonly gradient: GradientMethod
  /** Of the forward method. */
  readonly kind: 'explicit' | 'fixedStep' | 'implicit'
}

/** What is wrong, or not known, and what helps. */
export interface Distrust {
  readonly finding: string
  /** Empty where nothing is known that helps. */
  readonly advice: string
  /** Whether another gradient of the same right-hand side may be better. */
  readonly canReplace: boolean
}

/** What is to be said of a certificate that does not hold; null for one that does. */
export function distrust(
  { reconstruction, finiteDifference, directional, difference, bounds, isTrusted }: GradientCertificate,
  failure: IvpFailure | undefined,
  { disagreement, hasLongSteps }: Agreement,
  { gradient, kind }: InUse,
): Distrust | null {
  if (isTrusted === true) return null
  const not = (why: string): string => `The gradient is not to be trusted: ${why}.`
  if (disagreement?.kind === 'vjp') {
    const { product, t, byProduct, byDifferences } = disagreement.fault
    const off = `\`vjp\` does not match f: at t = ${t} \`${product}\` along a random direction is ${byProduct.toPrecision(3)}, and by differences of f ${byDifferences.toPrecision(3)}`
    const advice = `Mend \`${product}\` (on tensors the gradient of an operation in f), which every gradient uses.`
    const finding = failure === undefined ? not(off) : `${failed(failure)} And ${off}.`
    return { finding, advice, canReplace: false }
  }
  const stiff = "Use an implicit method (Radau, BDF, LSODA) with gradient 'interpolating'."
  // Steps at the edge of stability are no better transposed
  const known = hasLongSteps ? stiff : "Use gradient 'interpolating'."
  if (failure !== undefined) {
    const advice = gradient === 'backsolve' || hasLongSteps ? known : ''
    return { finding: failed(failure), advice, canReplace: true }
  }
  if (reconstruction !== null && !(reconstruction <= bounds.reconstruction)) {
    const off = `the state solved backwards is ${reconstruction.toPrecision(2)} tolerances off (bound ${bounds.reconstruction})`
    return { finding: not(off), advice: known, canReplace: true }
  }
  switch (disagreement?.kind) {
    case 'differs': {
      const off = `along a random direction it is ${directional.toPrecision(3)}, and by a finite difference ${finiteDifference?.toPrecision(3)}; it differs by ${difference?.toPrecision(2)} (bound ${bounds.agreement.toPrecision(2)})`
      const advice = hasLongSteps ? stiff : adviceOnDifference(gradient, kind)
      return { finding: not(off), advice, canReplace: !hasLongSteps && gradient !== 'discrete' }
    }
    case 'notFinite':
      return { finding: not('it is not finite'), advice: '', canReplace: true }
    case 'otherF':
      return {
        finding: unknown('`withParams(theta)` gives another f than that of the right-hand side'),
        advice: 'Give as `theta` the parameters at which f is evaluated.',
        canReplace: false,
      }
    case 'bends':
      return {
        finding: unknown('the loss bends too much along the direction for a finite difference'),
        advice: '',
        canReplace: false,
      }
    default:
      return {
        finding: unknown(
          'a solve with h0 or the parameters moved fails, so that there is no finite difference',
        ),
        advice: '',
        canReplace: false,
      }
  }
}

function unknown(why: string): string {
  return `Whether the gradient is right is not known: ${why}.`
}

function failed({ kind }: IvpFailure): string {
  return `There is no gradient: the backward solve failed (${kind}).`
}

/** Where `vjp` matches f at the output times, and the steps are stable. */
function adviceOnDifference(gradient: GradientMethod, kind: InUse['kind']): string {
  if (gradient === 'discrete') {
    return 'The gradient is exact for the steps taken if `vjp` is: compare `vjp` with f between the output times.'
  }
  // Not 'discrete': it is exact for the steps taken, and these are too long where 'interpolating' is off
  return kind === 'fixedStep' ? 'Use a smaller `step`.' : 'Use smaller `rtol` and `atol`.'
}
