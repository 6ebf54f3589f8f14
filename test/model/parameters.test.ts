import { assert, it } from 'vitest'
import { tf } from '../../src/bridge/tensor.ts'
import { toParameters, type ParameterSpec } from '../../src/model/parameters.ts'

it('toParameters refuses another number of values than the specification has, more as well as fewer', () => {
  const spec: ParameterSpec = {
    w: { shape: [2, 3], initial: 'zeros' },
    b: { shape: [], initial: 'ones' },
  }
  for (const n of [0, 6, 8]) {
    const says = `must hold the 7 values of the specification; received ${n}`
    assert.throws(() => toParameters(spec, new Float32Array(n)), RangeError, says)
  }
  const { w, b } = tf.tidy(() => {
    const tensors = toParameters(spec, Float32Array.of(1, 2, 3, 4, 5, 6, 7))
    return { w: tensors['w']!.arraySync(), b: tensors['b']!.arraySync() }
  })
  assert.deepEqual([w, b], [[[1, 2, 3], [4, 5, 6]], 7]) // prettier-ignore
})
