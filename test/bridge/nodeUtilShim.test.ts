import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { restoreUtilPredicates, type UtilPredicates } from '../../src/bridge/nodeUtilShim.ts'

describe("the predicates of Node's util", () => {
  it('are what Node documented them to be', () => {
    const util: UtilPredicates = {}
    restoreUtilPredicates(util)
    fc.assert(
      fc.property(fc.anything(), (value) => {
        assert.equal(util.isNullOrUndefined!(value), value === null || value === undefined)
        assert.equal(util.isArray!(value), Array.isArray(value))
      }),
    )
  })

  it('stay as they are where Node has them', () => {
    const own: UtilPredicates = { isNullOrUndefined: () => true, isArray: () => true }
    const util = { ...own }
    restoreUtilPredicates(util)
    assert.deepEqual(util, own)
  })
})
