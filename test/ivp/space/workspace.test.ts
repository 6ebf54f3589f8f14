import fc from 'fast-check'
import { afterEach, assert, describe, it, vi } from 'vitest'
import type { SparseRow } from '../../../src/ivp/method/butcherTableau.ts'
import { SpaceWorkspace } from '../../../src/ivp/space/spaceWorkspace.ts'
import { typedArraySpace, type FloatArray } from '../../../src/ivp/space/typedArraySpace.ts'
import type { Tolerance } from '../../../src/ivp/space/vectorSpace.ts'
import { makeWasmWorkspace } from '../../../src/ivp/space/wasmWorkspace.ts'
import type { Workspace } from '../../../src/ivp/space/workspace.ts'
import { RK45, solveIvp, type OdeSolver } from '../../../src/ivp/index.ts'

const SLOTS = 18

describe.each(['float64', 'float32'] as const)('workspaces of %s', (type) => {
  const zeros = (n: number): FloatArray => (type === 'float32' ? new Float32Array(n) : new Float64Array(n))
  const fill = (workspace: Workspace<FloatArray>, n: number, seed: number): void => {
    for (let slot = 0; slot < SLOTS; slot++) {
      const v = zeros(n)
      for (let i = 0; i < n; i++) v[i] = Math.sin(seed + 3.7 * slot + 1.3 * i) * 10 ** ((i * 7 + slot) % 5)
      workspace.store(slot, v)
    }
  }
  const both = (
    n: number,
    tolerance: Tolerance,
    blocks: [number, number][],
    row: SparseRow,
  ): [Workspace<FloatArray>, Workspace<FloatArray>] => {
    const wasm = makeWasmWorkspace(
      zeros(n),
      { slots: SLOTS, rows: 5, terms: row.index.length },
      tolerance,
      blocks,
      true,
    )
    assert.isNotNull(wasm)
    const space = typedArraySpace(zeros(n), tolerance, blocks)
    return [wasm!, new SpaceWorkspace(space, zeros(n), SLOTS)]
  }

  it('wasm and plain loops give the same bits: combinations and norms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 0, max: 12 }),
        fc.nat(1000),
        fc.boolean(),
        fc.boolean(),
        (n, m, seed, isVector, hasBlocks) => {
          const row = {
            index: Array.from({ length: m }, (_, j) => (j * 5 + seed) % 12),
            weight: Float64Array.from({ length: m }, (_, j) => Math.cos(seed + j)),
          }
          const vector = Float64Array.from({ length: n }, (_, i) => 1e-6 * (1 + (i % 3)))
          const tolerance = { rtol: 1e-4, atol: isVector ? vector : 1e-7 }
          const middle = seed % n
          const blocks: [number, number][] =
            hasBlocks && middle > 0 ? [[0, middle], [middle, n]] : [[hasBlocks ? middle : 0, n]] // prettier-ignore
          const pair = both(n, tolerance, blocks, row)
          const results = pair.map((workspace) => {
            fill(workspace, n, seed)
            const fresh = workspace.addRow(row, 12, 13)
            const onto = workspace.addRow(row, 15, 15)
            const error = m === 0 ? 0 : workspace.addNorm(row, 13, 12)
            const three = { index: row.index, weight: row.weight.map((w) => 1 - w) }
            const mixed = m === 0 ? 0 : workspace.addMixedNorm(row, three, 13, 12)
            workspace.swap(3, 14)
            workspace.swap(5, 15)
            workspace.swap(15, 7)
            workspace.combine(fresh, 0.37)
            workspace.combine(onto, -1e-3)
            const norms = m === 0 ? [] : [workspace.norm(error, 0.37), workspace.norm(mixed, -0.37)]
            const result = [...norms, ...workspace.copyOf(12), ...workspace.copyOf(15)]
            workspace.release()
            return result
          })
          assert.deepEqual(results[0], results[1])
        },
      ),
      { seed: 11, numRuns: 300 },
    )
  })

  it('finds components that are not finite, wherever they are', () => {
    const n = 23
    for (const workspace of both(n, { rtol: 1, atol: 1 }, [[0, n]], {
      index: [],
      weight: new Float64Array(),
    })) {
      workspace.clear(2)
      assert.equal(workspace.finiteness(2), 0)
      for (const [i, value] of [
        [0, NaN],
        [11, Infinity],
        [n - 1, -Infinity],
      ] as const) {
        // prettier-ignore
        workspace.clear(2)
        workspace.vectors[2]![i] = value
        assert.isNaN(workspace.finiteness(2))
      }
      workspace.release()
    }
  })
})

describe('solves in wasm memories', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })
  const lorenz = (_t: number, y: FloatArray, dydt: FloatArray): void => {
    dydt[0] = 10 * (y[1]! - y[0]!)
    dydt[1] = y[0]! * (28 - y[2]!) - y[1]!
    dydt[2] = y[0]! * y[1]! - (8 / 3) * y[2]!
  }
  const options = { rtol: 1e-8, inPlace: true, save: 'last' } as const
  const endOf = (y0: number[], t1 = 3): number[] =>
    Array.from(solveIvp(lorenz, [0, t1], Float64Array.from(y0), options).states[0]!)

  it('a solve inside a right-hand side does not disturb the outer one', () => {
    const alone = endOf([1, 2, 3])
    let inner: number[] = []
    const nested = solveIvp(
      (t: number, y: Float64Array, dydt: Float64Array) => {
        inner = endOf([3, 2, 1], 0.1)
        lorenz(t, y, dydt)
      },
      [0, 3],
      Float64Array.of(1, 2, 3),
      options,
    )
    assert.deepEqual(Array.from(nested.states[0]!), alone)
    assert.deepEqual(inner, endOf([3, 2, 1], 0.1))
  })

  it('interleaved solver objects do not disturb each other', () => {
    const make = (y0: number): OdeSolver => new RK45(lorenz as never, 0, [y0, 2, 3], 3, { inPlace: true })
    const run = (solver: OdeSolver): number[] => {
      while (solver.status === 'running') solver.step()
      return Array.from(solver.y)
    }
    const alone = [run(make(1)), run(make(5))]
    const pair = [make(1), make(5)]
    while (pair.some((solver) => solver.status === 'running')) {
      for (const solver of pair) if (solver.status === 'running') solver.step()
      endOf([1, 1, 1], 0.5)
    }
    assert.deepEqual(
      pair.map((solver) => Array.from(solver.y)),
      alone,
    )
  })

  it('results are copies: later solves in the same memory leave them alone', () => {
    const first = solveIvp(lorenz, [0, 1], Float64Array.of(1, 2, 3), { inPlace: true, denseOutput: true })
    const before = [first.y.map((row) => [...row]), [...first.sol!(0.3)]]
    endOf([9, 9, 9])
    assert.deepEqual([first.y.map((row) => [...row]), [...first.sol!(0.3)]], before)
  })

  it('a right-hand side that throws gives the memory back', () => {
    const made = vi.spyOn(WebAssembly, 'Memory')
    const y0 = new Float64Array(4321)
    for (let i = 0; i < 5; i++) {
      assert.throws(() =>
        solveIvp(
          () => {
            throw new Error('mine')
          },
          [0, 1],
          y0,
        ),
      )
    }
    assert.isAtMost(made.mock.calls.length, 1)
    made.mockRestore()
  })

  it('without WebAssembly the numbers are the same', async () => {
    const withWasm = endOf([1, 2, 3])
    vi.stubGlobal('WebAssembly', undefined)
    vi.resetModules()
    const fresh = await import('../../../src/ivp/index.ts')
    const without = fresh.solveIvp(lorenz, [0, 3], Float64Array.of(1, 2, 3), options)
    assert.deepEqual(Array.from(without.states[0]!), withWasm)
  })

  it('a memory that cannot be had is no error', async () => {
    const withWasm = endOf([1, 2, 3])
    vi.resetModules()
    const fresh = await import('../../../src/ivp/index.ts')
    vi.stubGlobal('WebAssembly', {
      Module: WebAssembly.Module,
      Instance: WebAssembly.Instance,
      Memory: class {
        constructor() {
          throw new RangeError('WebAssembly.Memory(): could not allocate memory')
        }
      },
    })
    const without = fresh.solveIvp(lorenz, [0, 3], Float64Array.of(1, 2, 3), options)
    assert.deepEqual(Array.from(without.states[0]!), withWasm)
  })
})
