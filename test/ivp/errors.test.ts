import { assert, describe, it } from 'vitest'
import { IvpInputError } from '../../src/index.ts'

describe('IvpInputError', () => {
  const circular: unknown[] = []
  circular.push(circular)
  const deep: unknown = JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`)
  it.each<[unknown, string]>([
    ['x'.repeat(1000), `'${'x'.repeat(80)}...'`],
    [{ constructor: 5 }, 'an object of type Object'],
    [{ constructor: { name: { toString: 1 } } }, 'an object of type Object'],
    [{ constructor: null }, 'an object of type Object'],
    [circular, 'Array(1) [...]'],
    [deep, 'Array(1) [...]'],
    [[{ big: 1n }], 'Array(1) [...]'],
    [[Symbol('s')], 'Array(1) [...]'],
    [[[1, 2], [3]], 'Array(2) [[1,2],[3]]'],
    [Float64Array.of(1, 2), 'Float64Array(2) [1, 2]'],
  ])('says in a few words what came, whatever it is', (received, seen) => {
    assert.equal(new IvpInputError('snapshot', received, 'must be one').received, seen)
  })
})
