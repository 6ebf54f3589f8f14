import { IvpInputError } from '../ivp/index.ts'
import { isArrayLike } from '../ivp/check/arrayLike.ts'
import { tf, type Tensor1D } from './tensor.ts'

const SHARED = 'are shared by all rows of `h0`; solve rows that have times of their own in calls of their own'

/**
 * Checks that output times are one list of them, or a tensor of one; not yet their values.
 * @param takesTensor - whether a tensor will do
 * @throws IvpInputError
 */
export function checkTimesForm(ts: unknown, takesTensor = true): asserts ts is ArrayLike<number> | Tensor1D {
  if (ts instanceof tf.Tensor) {
    if (ts.isDisposed) throw new IvpInputError('ts', 'disposed', 'must be a tensor that is not disposed')
    if (ts.rank === 1) return
    const received = `a tensor of shape [${ts.shape.join(', ')}]`
    throw new IvpInputError('ts', received, `must be a tensor of shape [times]: they ${SHARED}`)
  }
  if (!isArrayLike(ts)) {
    throw new IvpInputError(
      'ts',
      ts,
      `must be an array of numbers${takesTensor ? ' or a 1-D tensor' : ''}, the initial time first`,
    )
  }
  const isNested = ts.length > 0 && (isArrayLike(ts[0]) || ts[0] instanceof tf.Tensor)
  if (isNested) throw new IvpInputError('ts', ts, `must be one list of times: they ${SHARED}`)
}
