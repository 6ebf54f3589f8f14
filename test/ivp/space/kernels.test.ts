import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { typedArraySpace, zerosLike, type FloatArray } from '../../../src/ivp/space/typedArraySpace.ts'
import { toTypeScript, toWasmModule } from '../../../tools/generateKernels.mjs'

const ULP = { float64: 2 ** -52, float32: 2 ** -23 }

describe.each(['float64', 'float32'] as const)('vector space of %s arrays', (type) => {
  const vector = (n: number, seed: number): FloatArray => {
    const values = Array.from({ length: n }, (_, i) => Math.sin(seed + 1.3 * i))
    return type === 'float32' ? Float32Array.from(values) : Float64Array.from(values)
  }

  it('combines any number of terms as a float64 reference does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 0, max: 13 }),
        fc.nat(1000),
        (n, m, seed) => {
          const y = vector(n, seed)
          const k = Array.from({ length: m }, (_, j) => vector(n, seed + j + 1))
          const w = Array.from({ length: m }, (_, j) => Math.cos(seed + j))
          const space = typedArraySpace(y, { rtol: 1e-3, atol: 1e-6 })
          const out = space.combine(zerosLike(y), y, 0.37, w, k, m)
          out.forEach((value, i) => {
            const sum = w.reduce((total, weight, j) => total + weight * k[j]![i]!, 0)
            const size =
              Math.abs(y[i]!) + 0.37 * w.reduce((total, weight, j) => total + Math.abs(weight * k[j]![i]!), 0)
            assert.closeTo(value, y[i]! + 0.37 * sum, 16 * ULP[type] * size)
          })
        },
      ),
      { seed: 3 },
    )
  })

  it('measures errors in units of the tolerance, scalar and per component alike', () => {
    const n = 300
    const [y, yNew, k0, k1] = [1, 2, 3, 4].map((seed) => vector(n, seed)) as [FloatArray, FloatArray, FloatArray, FloatArray] // prettier-ignore
    const [rtol, atol, h] = [1e-3, 1e-5, 0.2]
    const reference = Math.sqrt(
      Array.from(y).reduce((sum, _, i) => {
        const error = h * (0.3 * k0[i]! - 0.7 * k1[i]!)
        return sum + (error / (atol + rtol * Math.max(Math.abs(y[i]!), Math.abs(yNew[i]!)))) ** 2
      }, 0) / n,
    )
    const norm = (tolerance: { rtol: number | Float64Array; atol: number | Float64Array }): number =>
      typedArraySpace(y, tolerance).errorNorm(h, [0.3, -0.7], [k0, k1], 2, y, yNew)
    const slack = 100 * ULP[type] * reference
    assert.closeTo(norm({ rtol, atol }), reference, slack)
    assert.closeTo(norm({ rtol, atol: new Float64Array(n).fill(atol) }), reference, slack)
  })

  it('takes the largest block, leaves the rest out, and lets NaN through', () => {
    const y = vector(4, 0).fill(0)
    const k = vector(4, 0)
    k.set([1, 2, 30, 4])
    const norm = (blocks: [number, number][]): number =>
      typedArraySpace(y, { rtol: 0, atol: 1 }, blocks).errorNorm(1, [1], [k], 1, y, y)
    assert.closeTo(norm([[0, 2]]), Math.sqrt(2.5), 1e-12)
    assert.closeTo(norm([[0, 2], [3, 4]]), 4, 1e-12) // prettier-ignore
    k[0] = NaN
    assert.isNaN(norm([[0, 2], [3, 4]])) // prettier-ignore
  })
})

it('the committed kernels are what their generator writes', async () => {
  const read = (name: string): string =>
    readFileSync(new URL(`../../../src/ivp/space/${name}.ts`, import.meta.url), 'utf8')
  assert.equal(read('float64Kernels'), toTypeScript('float64'))
  assert.equal(read('float32Kernels'), toTypeScript('float32'))
  assert.isTrue(read('wasmBytes') === (await toWasmModule()), 'wasmBytes.ts')
})
