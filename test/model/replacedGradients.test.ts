import { assert, beforeAll, describe, it } from 'vitest'
import { chooseBackend } from '../../src/bridge/backend.ts'
import { ReplacedGradients } from '../../src/model/cli/replacedGradients.ts'
import { formatRecord, parseRecord } from '../../src/model/runRecord.ts'
import { loadMnist } from '../../src/model/mnist.ts'
import { odeNetSpec } from '../../src/model/odeNet.ts'
import { initialParameters } from '../../src/model/parameters.ts'
import { makeRng } from '../../src/model/rng.ts'
import { ShardModel } from '../../src/model/shard.ts'
import { stepRecord } from '../plot/trainingRun.ts'

describe('a gradient of a training that was replaced by another', () => {
  beforeAll(async () => {
    await chooseBackend('wasm')
  })

  it('is told by the step, and only then', async () => {
    const { train } = await loadMnist()
    const shape = { channelsIn: 1, dim: 8, groups: 4, downsamplings: 2, classes: 10, hasOde: true } as const
    const flat = initialParameters(odeNetSpec(shape), makeRng(5).fork('parameters'))
    const shard = {
      n: 2,
      pixels: train.images.subarray(0, 2 * 784),
      labels: train.labels.subarray(0, 2),
      mask: null,
    }
    const warningWith = (reconstruction: number): string | undefined => {
      const solve = { method: 'RK45', rtol: 1e-2, atol: 1e-2, backward: { reconstruction } } as const
      const model = new ShardModel(
        { ...shape, height: 28, width: 28, normalisation: train.normalisation },
        solve,
      )
      return model.gradient(flat, shard, new Float32Array(flat.length)).warning
    }
    assert.match(warningWith(0)!, /'backsolve' was replaced by 'interpolating'/)
    assert.isUndefined(warningWith(Infinity))
  })

  it('is said once in full, counted after that, and kept in the metrics', () => {
    const replaced = new ReplacedGradients()
    const lost = { ...stepRecord({ step: 12 }), warning: 'The state was lost.' }
    assert.isNull(replaced.of(stepRecord({ step: 11 })))
    assert.match(replaced.of(lost)!, /^step 12: The state was lost\./)
    assert.isNull(replaced.inAll(20))
    assert.isNull(replaced.of({ ...stepRecord({ step: 13 }), warning: 'The state was lost.' }))
    assert.equal(replaced.inAll(20), '2 of 20 steps had their gradient replaced.')
    assert.deepEqual(parseRecord(formatRecord(lost)), lost)
  })
})
