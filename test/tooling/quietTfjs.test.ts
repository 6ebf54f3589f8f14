import { assert, it, vi } from 'vitest'
import { tf } from '../../src/bridge/tensor.ts'
import { withoutBanner } from '../quietTfjs.ts'

/** What a new JavaScript backend of tfjs says when it is used for the first time. */
function saidBy(wrap: (warn: typeof console.warn) => typeof console.warn): string[] {
  const said: string[] = []
  const spy = vi.spyOn(console, 'warn').mockImplementation(wrap((text: string) => void said.push(text)))
  const backend = tf.findBackendFactory('cpu')() as unknown as {
    write(values: Float32Array, shape: number[], dtype: string): void
  }
  backend.write(new Float32Array(1), [1], 'float32')
  console.warn('mine')
  spy.mockRestore()
  return said
}

it('the tests leave out the recommendation of tfjs, and nothing else', () => {
  assert.deepEqual(saidBy(withoutBanner), ['mine'])
  const [banner, ...others] = saidBy((warn) => warn)
  assert.include(banner, 'Hi, looks like you are running TensorFlow.js')
  assert.deepEqual(others, ['mine'])
})
