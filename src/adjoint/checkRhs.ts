import { IvpInputError } from '../ivp/index.ts'
import { checkState } from '../ivp/check/state.ts'

const RHS = '{ f, vjp, nParams }, a right-hand side with its vector-Jacobian product'

/**
 * Checks that a right-hand side has what gradients need, before anything is solved.
 * @throws IvpInputError that names `rhs`, or the part that is missing
 */
export function checkRhs(rhs: unknown): void {
  if (rhs === null || typeof rhs !== 'object') throw new IvpInputError('rhs', rhs, `must be ${RHS}`)
  const { f, vjp, nParams } = rhs as Readonly<Record<string, unknown>>
  if (typeof f !== 'function') {
    throw new IvpInputError('rhs.f', f, 'must be a function (t, h, dh) that writes f(t, h) to dh')
  }
  if (typeof vjp !== 'function') {
    const expected =
      'must be a function (t, h, a, out) that writes f(t, h) to out.dh, a . df/dh to out.ah and a . df/dtheta to out.atheta'
    throw new IvpInputError('rhs.vjp', vjp, expected)
  }
  if (!Number.isInteger(nParams) || (nParams as number) < 0) {
    throw new IvpInputError('rhs.nParams', nParams, 'must be the number of parameters, 0 if there are none')
  }
}

/**
 * Checks the initial state by the rules of `solveIvp`, under the name that it has here.
 * @throws IvpInputError
 */
export function checkStart(h0: unknown): void {
  try {
    checkState(h0)
  } catch (error) {
    throw error instanceof IvpInputError ? new IvpInputError('h0', h0, error.expected) : error
  }
}
