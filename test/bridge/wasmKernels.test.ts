import fc from 'fast-check'
import { assert, beforeAll, describe, it } from 'vitest'
import { tf, type Tensor, type Tensor4D } from '../../src/bridge/tensor.ts'
import { odeint } from '../../src/bridge/index.ts'
import { initWasm } from '../../src/bridge/wasmBackend.ts'

const noise = (shape: number[], seed: number): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.sin(12.9898 * (i + 1) + seed),
  )

interface Shape {
  readonly x: [number, number, number, number]
  readonly filter: [number, number, number, number]
  readonly stride: number
  readonly pad: 'same' | 'valid' | number
}

/** Gradients of sum(conv2d(x, filter) * weights) on one backend; checks that no tensor is left. */
async function gradients(backend: string, { x, filter, stride, pad }: Shape): Promise<Float32Array[]> {
  await tf.setBackend(backend)
  const before = [tf.memory().numTensors, tf.memory().numDataBuffers]
  const result = tf.tidy(() => {
    const inputs = [tf.tensor4d(noise(x, 1), x), tf.tensor4d(noise(filter, 2), filter)]
    const loss = (a: Tensor, b: Tensor): Tensor => {
      const out = tf.conv2d(a as Tensor4D, b as Tensor4D, stride, pad)
      return out.mul(tf.tensor(noise(out.shape, 3), out.shape)).sum()
    }
    return tf
      .grads(loss)(inputs)
      .map((grad) => Float32Array.from(grad.dataSync()))
  })
  assert.deepEqual([tf.memory().numTensors, tf.memory().numDataBuffers], before, `left behind on ${backend}`)
  return result
}

async function agrees(shape: Shape): Promise<void> {
  const wasm = await gradients('wasm', shape)
  const cpu = await gradients('cpu', shape)
  cpu.forEach((grad, which) => {
    const scale = Math.max(1, ...grad.map(Math.abs))
    grad.forEach((value, i) =>
      assert.closeTo(wasm[which]![i]!, value, 2e-5 * scale, `gradient ${which}[${i}]`),
    )
  })
}

const shapes = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    size: fc.tuple(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 })),
    channels: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.integer({ min: 1, max: 3 }),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  })
  .map(({ batch, size, channels, kernel, stride, pad }): Shape => ({
    x: [batch, size[0], size[1], channels[0]],
    filter: [kernel[0], kernel[1], channels[0], channels[1]],
    stride,
    pad,
  }))

describe('convolution gradients on the wasm backend', () => {
  beforeAll(() => initWasm())

  it('agree with the cpu backend for any shape, stride and padding', async () => {
    await fc.assert(fc.asyncProperty(shapes, agrees), { numRuns: 60, seed: 11 })
  })

  it.each<Shape>([
    { x: [2, 28, 28, 1], filter: [4, 4, 1, 6], stride: 2, pad: 'same' },
    { x: [2, 14, 14, 6], filter: [4, 4, 6, 6], stride: 2, pad: 'same' },
    { x: [4, 7, 7, 9], filter: [3, 3, 9, 8], stride: 1, pad: 'same' },
    { x: [2, 7, 7, 3], filter: [3, 3, 3, 4], stride: 1, pad: 1 },
    { x: [2, 8, 8, 3], filter: [3, 3, 3, 4], stride: 2, pad: 2 },
  ])('agree with the cpu backend in the layers of the nets: $x $filter', (shape) => agrees(shape))
})

describe('products on the wasm backend', () => {
  beforeAll(initWasm)

  it('with transposed factors, in batches and with broadcasting agree with the cpu backend, and leave no tensor behind', async () => {
    const lengths = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
    )
    const batches = fc.constantFrom<[number[], number[]]>([[], []], [[3], [3]], [[1], [3]], [[2, 2], [2, 2]]) // prettier-ignore
    const product = async (
      backend: string,
      a: number[],
      b: number[],
      flags: [boolean, boolean],
    ): Promise<Float32Array> => {
      await tf.setBackend(backend)
      const before = [tf.memory().numTensors, tf.memory().numDataBuffers]
      const values = tf.tidy(() => {
        const [x, y] = [tf.tensor(noise(a, 1), a), tf.tensor(noise(b, 2), b)]
        return tf
          .matMul(x as never, y as never, ...flags)
          .dataSync()
          .slice() as Float32Array
      })
      assert.deepEqual(
        [tf.memory().numTensors, tf.memory().numDataBuffers],
        before,
        `left behind on ${backend}`,
      )
      return values
    }
    await fc.assert(
      fc.asyncProperty(
        lengths,
        batches,
        fc.boolean(),
        fc.boolean(),
        async ([m, k, n], [left, right], isA, isB) => {
          const a = [...left, ...(isA ? [k, m] : [m, k])]
          const b = [...right, ...(isB ? [n, k] : [k, n])]
          const wasm = await product('wasm', a, b, [isA, isB])
          const cpu = await product('cpu', a, b, [isA, isB])
          assert.equal(wasm.length, cpu.length)
          cpu.forEach((value, i) => assert.closeTo(wasm[i]!, value, 2e-5 * k))
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('a clone on the wasm backend', () => {
  beforeAll(initWasm)

  it("shares its original's memory and outlives it", async () => {
    await tf.setBackend('wasm')
    const before = [tf.memory().numTensors, tf.memory().numDataBuffers]
    const original = tf.tensor1d([1, -2, 3])
    const clone = tf.clone(original)
    assert.strictEqual(clone.dataId, original.dataId)
    assert.equal(tf.memory().numDataBuffers, before[1]! + 1)
    original.dispose()
    // Takes the place of the original, had it been freed
    const other = tf.tensor1d([7, 8, 9])
    assert.deepEqual([...clone.dataSync()], [1, -2, 3])
    tf.dispose([clone, other])
    assert.deepEqual([tf.memory().numTensors, tf.memory().numDataBuffers], before)
  })
})

describe('gather and sums over segments on the wasm backend', () => {
  beforeAll(initWasm)

  /** The same numbers on both backends, and nothing left behind. */
  async function both(compute: () => Tensor): Promise<void> {
    const run = async (backend: string): Promise<number[]> => {
      await tf.setBackend(backend)
      const before = [tf.memory().numTensors, tf.memory().numDataBuffers]
      const result = tf.tidy(() => Array.from(compute().dataSync()))
      assert.deepEqual(
        [tf.memory().numTensors, tf.memory().numDataBuffers],
        before,
        `left behind on ${backend}`,
      )
      return result
    }
    const [wasm, cpu] = [await run('wasm'), await run('cpu')]
    assert.equal(wasm.length, cpu.length)
    cpu.forEach((value, i) => assert.closeTo(wasm[i]!, value, 1e-5 * Math.max(1, Math.abs(value))))
  }
  const x = (shape: number[]): Tensor => tf.tensor(noise(shape, 1), shape)

  it('has the gradient of a gather of rows, by hand: each row as often as it was taken', async () => {
    await tf.setBackend('wasm')
    tf.tidy(() => {
      const gradient = tf.grad((a) => tf.gather(a, tf.tensor1d([2, 0, 2], 'int32')).sum())(x([3, 2]))
      assert.deepEqual(Array.from(gradient.dataSync()), [1, 1, 0, 0, 2, 2])
    })
  })

  it('agrees with the cpu backend for any shape and axis', async () => {
    const cases = fc.record({
      shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      place: fc.double({ min: 0, max: 0.999, noNaN: true }),
      taken: fc.array(fc.nat(1000), { minLength: 1, maxLength: 7 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, place, taken }) => {
        const axis = Math.floor(place * shape.length)
        const indices = taken.map((index) => index % shape[axis]!)
        await both(() =>
          tf.grad((a) => {
            const rows = tf.gather(a, tf.tensor1d(indices, 'int32'), axis)
            return rows.mul(x(rows.shape)).sum()
          })(x(shape)),
        )
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  it('agrees for batches of indices, and again for the gradient of the gradient', async () => {
    const indices = (): Tensor => tf.tensor2d([[0, 2], [1, 1]], [2, 2], 'int32') // prettier-ignore
    await both(() =>
      tf.grad((a) =>
        tf
          .gather(a, indices() as never, 1, 1)
          .square()
          .sum(),
      )(x([2, 3, 2])),
    )
    await both(() => {
      const first = (a: Tensor): Tensor =>
        tf.grad((b) =>
          tf
            .gather(b, tf.tensor1d([1, 1, 0], 'int32'))
            .pow(3)
            .sum(),
        )(a)
      return tf.grad((a) => first(a).square().sum())(x([3, 2]))
    })
  })

  it('drops what belongs to no segment, and sums whole numbers too', async () => {
    const ids = (): Tensor => tf.tensor1d([-1, 0, 5, 0], 'int32')
    await both(() => tf.unsortedSegmentSum(x([4, 3]), ids() as never, 2))
    await tf.setBackend('wasm')
    tf.tidy(() => {
      const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3, 4], 'int32'), ids() as never, 2)
      assert.deepEqual([sums.dtype, Array.from(sums.dataSync())], ['int32', [6, 0]])
    })
  })

  it('a table of embeddings in the right-hand side of a solve gets its gradient', async () => {
    await both(() => {
      const solve = (table: Tensor): Tensor => {
        const f = (_t: Tensor, h: Tensor, p: Tensor): Tensor =>
          h.mul(tf.gather(p, tf.tensor1d([1, 0, 1], 'int32')))
        return odeint(f, x([3]), [0, 1], { params: table, method: 'RK4', step: 0.25 })
          .square()
          .sum()
      }
      return tf.grad(solve)(x([2]))
    })
  })
})
