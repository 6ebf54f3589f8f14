import { IvpInputError } from '../ivp/index.ts'
import { isArrayLike } from '../ivp/check/arrayLike.ts'

/**
 * Checks the incoming gradients of a loss before anything is solved.
 * @param incoming - dL/d(states[j]) for every output time
 * @param n - length of h
 * @throws IvpInputError that names `incoming`, or the array `incoming[j]`
 */
export function checkIncoming(incoming: unknown, nTimes: number, n: number): void {
  if (!isArrayLike(incoming) || ArrayBuffer.isView(incoming) || incoming.length !== nTimes) {
    const count = nTimes === 1 ? '1 array' : `${nTimes} arrays, one for each output time`
    throw new IvpInputError('incoming', incoming, `must be ${count}: dL/d(states[j]), each of length ${n}`)
  }
  for (let j = 0; j < nTimes; j++) {
    checkStateGradient(`incoming[${j}]`, incoming[j], n, `at output ${j}`)
  }
}

/**
 * Checks the gradient of a loss with respect to one state.
 * @param where - the state is, at the end of a sentence
 * @throws IvpInputError
 */
export function checkStateGradient(name: string, given: unknown, n: number, where: string): void {
  if (!isArrayLike(given) || given.length !== n) {
    throw new IvpInputError(
      name,
      given,
      `must be an array of length ${n}: the loss's gradient with respect to the state ${where}`,
    )
  }
  const values = given as ArrayLike<number>
  for (let i = 0; i < n; i++) {
    if (Number.isFinite(values[i])) continue
    throw new IvpInputError(
      name,
      values[i],
      `must be finite: the loss's gradient with respect to the state ${where} is not, in component ${i}. Look at the loss: a root or a norm at 0, a logarithm or a division has to be guarded there`,
    )
  }
}

/** @throws IvpInputError unless dL/dtEvent is a finite number */
export function checkTimeGradient(given: unknown): void {
  if (Number.isFinite(given)) return
  throw new IvpInputError(
    'incomingTime',
    given,
    "must be a finite number: the loss's gradient with respect to the time of the event, 0 where the loss does not depend on it",
  )
}
