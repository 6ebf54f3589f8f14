import { checkBackwardNames } from '../adjoint/checkBackward.ts'
import { checkCertify } from '../adjoint/certificate.ts'

/** Checks options of a solve on tensors that are themselves objects of options, whether or not a gradient is taken. @throws IvpInputError */
export function checkNestedOptions({
  backward,
  certify,
}: {
  readonly backward?: unknown
  readonly certify?: unknown
}): void {
  // Whether the times get gradients is seen from what they are
  checkBackwardNames(backward, false)
  checkCertify(certify)
}
