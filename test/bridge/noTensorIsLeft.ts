import { afterEach, assert, beforeEach } from 'vitest'
import { tf } from '../../src/bridge/tensor.ts'

/** Counts tensors around every test of a block. Called before the block's own hooks, whose tensors are then counted too. */
export function noTensorIsLeft(): void {
  let before = 0
  beforeEach(() => {
    before = tf.memory().numTensors
  })
  afterEach(() => {
    assert.equal(tf.memory().numTensors, before, 'tensors left behind')
  })
}
