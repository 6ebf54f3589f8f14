import fc from 'fast-check'
import { afterEach, assert, beforeEach, describe, it, vi } from 'vitest'
import type * as Regions from '../../../src/ivp/space/wasmRegion.ts'

/** The shared memory's size in wasmRegion.ts, and the largest region in it. */
const SHARED = 4 * 2 ** 20
const LARGEST_SHARED = 2 ** 18

describe('regions of wasm memories', () => {
  let regions: typeof Regions
  beforeEach(async () => {
    vi.resetModules()
    regions = await import('../../../src/ivp/space/wasmRegion.ts')
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('never overlap while they are in use, whatever is taken and given back in which order', () => {
    const action = fc.oneof(
      fc.record({ take: fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 3e5 })) }),
      fc.record({ give: fc.nat(1000) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const inUse: Regions.WasmRegion[] = []
        for (const each of actions) {
          if ('give' in each) {
            if (inUse.length > 0) regions.giveWasmRegion(inUse.splice(each.give % inUse.length, 1)[0]!)
            continue
          }
          const region = regions.takeWasmRegion(each.take, true)!
          assert.isAtLeast(region.bytes, each.take)
          assert.isAtMost(region.from + region.bytes, region.memory.bytes)
          assert.equal(region.from % 64, 0)
          for (const other of inUse) {
            const isApart =
              other.memory !== region.memory ||
              other.from + other.bytes <= region.from ||
              region.from + region.bytes <= other.from
            assert.isTrue(isApart)
          }
          inUse.push(region)
        }
        for (const region of inUse) regions.giveWasmRegion(region)
      }),
      { seed: 17, numRuns: 200 },
    )
  })

  it('share one memory while there is room; then solves get memories of their own', () => {
    const size = LARGEST_SHARED
    const taken = Array.from({ length: SHARED / size + 2 }, () => regions.takeWasmRegion(size, true)!)
    assert.equal(new Set(taken.map(({ memory }) => memory)).size, 3)
    for (const region of taken) regions.giveWasmRegion(region)
    assert.equal(regions.takeWasmRegion(LARGEST_SHARED + 1, true)!.from, 0)
  })

  it('small ones that nobody gives back do not cost a memory each', () => {
    const made = vi.spyOn(WebAssembly, 'Memory')
    const taken = Array.from({ length: 40 }, () => regions.takeWasmRegion(LARGEST_SHARED, false))
    assert.equal(made.mock.calls.length, 1)
    assert.equal(taken.filter((region) => region === null).length, 40 - SHARED / LARGEST_SHARED)
  })

  describe('of solver objects', () => {
    /** What the registry was told, and its callback. */
    let finalize: (region: unknown) => void
    let held: unknown[]
    beforeEach(() => {
      held = []
      vi.stubGlobal(
        'FinalizationRegistry',
        class {
          constructor(callback: (region: unknown) => void) {
            finalize = callback
          }
          register(_owner: object, region: unknown): void {
            held.push(region)
          }
          unregister(region: unknown): void {
            held = held.filter((each) => each !== region)
          }
        },
      )
    })

    it('come back when the collector has found these', () => {
      const region = regions.takeWasmRegion(5000, false)!
      regions.giveWhenCollected({}, region)
      assert.notEqual(regions.takeWasmRegion(5000, false), region)
      finalize(held[0])
      assert.equal(regions.takeWasmRegion(5000, false), region)
    })

    it('come back once when they are given back before', () => {
      const region = regions.takeWasmRegion(5000, false)!
      regions.giveWhenCollected({}, region)
      regions.giveBeforeCollected(region)
      assert.deepEqual(held, [])
      assert.equal(regions.takeWasmRegion(5000, false), region)
    })

    it('go with these where they are memories of their own: nothing else holds them', () => {
      const region = regions.takeWasmRegion(LARGEST_SHARED + 1, false)!
      regions.giveWhenCollected({}, region)
      assert.deepEqual(held, [])
      regions.giveBeforeCollected(region)
      assert.equal(regions.takeWasmRegion(LARGEST_SHARED + 1, false), region)
    })
  })
})
