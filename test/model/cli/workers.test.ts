import { availableParallelism } from 'node:os'
import { assert, describe, it } from 'vitest'
import { boundedWorkers, usualWorkers, wordOnKeptWorkers, wordOnWorkers } from '../../../src/model/cli/workers.ts' // prettier-ignore
import { optionsOf } from '../../../src/model/cli/trainOptions.ts'
import { GIVEN } from './givenFlags.ts'

describe('workers beyond the cores', () => {
  it('are not started, and a word says so', () => {
    assert.equal(boundedWorkers(64, 8), 8)
    assert.match(wordOnWorkers(64, 8)!, /--workers 64 is more than the cores .*: 8 workers are taken/)
    assert.match(wordOnWorkers(2, 1)!, /: 1 worker is taken/)
    const cores = availableParallelism()
    assert.equal(optionsOf({ ...GIVEN, workers: cores + 1 }).workers, cores)
  })

  it('are no word where there are none', () => {
    assert.equal(boundedWorkers(8, 8), 8)
    assert.isNull(wordOnWorkers(8, 8))
    assert.isNull(wordOnWorkers(undefined, 1))
    assert.equal(usualWorkers('wasm', 1), 1)
    assert.isNull(wordOnKeptWorkers(2, 2))
  })

  it('stay in a run that goes on, for its numbers, and a word says so', () => {
    assert.match(wordOnKeptWorkers(8, 2)!, /keeps its 8 workers, more than the 2 cores/)
    assert.match(wordOnKeptWorkers(2, 1)!, /more than the one core/)
  })
})
