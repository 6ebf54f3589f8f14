/** How warnings begin that the advice of a failure looks for. */
export const WROTE = '`fun` wrote into y'
export const STIFF = 'The problem is stiff'
export const WRONG_JACOBIAN = 'The Jacobian given is not that of fun'
