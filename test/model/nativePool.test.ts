import { assert, describe, it } from 'vitest'
import { GradientPool } from '../../src/model/gradientPool.ts'
import { odeNetSpec } from '../../src/model/odeNet.ts'
import { initialParameters } from '../../src/model/parameters.ts'
import { makeRng } from '../../src/model/rng.ts'
import type { ShardShape } from '../../src/model/shard.ts'
import { unbuilt } from '../bridge/builtHere.ts'

const shape: ShardShape = { channelsIn: 1, height: 14, width: 14, dim: 8, groups: 4, downsamplings: 1, classes: 10, hasOde: true, normalisation: { mean: [0.1307], deviation: [0.3081] } } // prettier-ignore
// Equal steps: native sums come in any order, and a step accepted by one rounding and refused by another would change the gradient by a tolerance
const solve = { method: 'RK4', step: 0.25 } as const
const N = 6
const batch = {
  pixels: Uint8Array.from({ length: N * 14 * 14 }, (_, i) => (i * 37) % 256),
  labels: Uint8Array.from({ length: N }, (_, i) => i),
  mask: null,
}

/** Gradient of the batch from two worker threads that have ended. */
async function gradientOn(backend: 'wasm' | 'tensorflow'): Promise<Float32Array> {
  const pool = await GradientPool.open(shape, solve, backend, 2)
  try {
    assert.equal(pool.backend.name, backend)
    pool.parameters.set(initialParameters(odeNetSpec(shape), makeRng(3)))
    const out = new Float32Array(pool.parameters.length)
    await pool.gradient(batch, out)
    return out
  } finally {
    await pool.close()
  }
}

const isUnbuilt = unbuilt('worker threads with a native backend each')

describe.skipIf(isUnbuilt)('worker threads with a native backend each', () => {
  it('compute what those on wasm compute, again and again', async () => {
    const wasm = await gradientOn('wasm')
    for (let round = 0; round < 2; round++) {
      const native = await gradientOn('tensorflow')
      const difference = Math.hypot(...wasm.map((x, i) => x - native[i]!))
      const size = Math.hypot(...wasm)
      assert.isBelow(
        difference,
        1e-3 * size,
        `pool ${round} of native workers against wasm's gradient of size ${size}`,
      )
    }
  })
})
