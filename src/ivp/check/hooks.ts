import { IvpInputError } from '../errors.ts'

/** What is asked and told between steps. @throws IvpInputError */
export function checkHooks({ signal, timeout, onStep }: Readonly<Record<string, unknown>>): void {
  if (signal !== undefined && signal !== null) {
    if (typeof (signal as { aborted?: unknown }).aborted !== 'boolean') {
      const isController = typeof (signal as { abort?: unknown }).abort === 'function'
      const cure = isController
        ? ': pass the `signal` of the controller'
        : ', such as the `signal` of an AbortController'
      throw new IvpInputError('signal', signal, `must be an AbortSignal${cure}`)
    }
  }
  if (timeout !== undefined && timeout !== null) {
    if (typeof timeout !== 'number' || !(timeout > 0))
      throw new IvpInputError('timeout', timeout, 'must be a positive number of milliseconds')
  }
  if (onStep !== undefined && onStep !== null && typeof onStep !== 'function')
    throw new IvpInputError(
      'onStep',
      onStep,
      'must be a function, called after each step with { t, y, tOld, nfev, snapshot }',
    )
}
