import fc from 'fast-check'
import { afterEach, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { builtFolder, loadBuilt } from '../../src/bridge/builtTensorflow.ts'
import { convolutionGradients, type ConvolutionAttributes } from '../../src/bridge/convolutionGradients.ts'
import {
  fusedCombination,
  fusedErrorSquares,
  fusedGroupNorm,
  fusedGroupNormGradient,
  hasFused,
} from '../../src/bridge/fusedKernels.ts'
import { loadNative } from '../../src/bridge/nativeBackend.ts'
import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../../src/bridge/tensor.ts'
import { initWasm } from '../../src/bridge/wasmBackend.ts'
import { groupNorm } from '../../src/model/groupNorm.ts'
import { unbuilt } from './builtHere.ts'

const noise = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + 1) + 7 * seed))
const vector = (length: number, seed: number): Tensor1D => tf.tensor1d(noise(length, seed))
const image = (shape: [number, number, number, number], seed: number): Tensor4D =>
  tf.tensor4d(noise(shape[0] * shape[1] * shape[2] * shape[3], seed), shape)

/** Lengths around the blocks that are summed at a time, 1024, and around the shares of threads, 16 of those. */
const lengths = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.constantFrom(1023, 1024, 1025, 16383, 16384, 16385, 100_003),
)

const isUnbuilt = unbuilt('the operations that are compiled into TensorFlow')

describe.skipIf(isUnbuilt)('the operations that `npm run native` compiles into TensorFlow', () => {
  let before: number[] = []
  const held = (): number[] => {
    const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } }
    return [tf.memory().numTensors, tf.memory().numDataBuffers, binding.getNumOfTensors()]
  }
  beforeAll(async () => {
    await initWasm()
    await loadNative(() => loadBuilt(builtFolder()))
    assert.isTrue(await tf.setBackend('tensorflow'))
  })
  beforeEach(() => {
    before = held()
  })
  afterEach(() => {
    assert.deepEqual(held(), before)
  })

  it('are there on native TensorFlow, on no other backend', async () => {
    assert.isTrue(
      hasFused('SolveIvpCombination'),
      'built by an earlier version: npm run native builds it again',
    )
    assert.isTrue(hasFused('SolveIvpGroupNormGradient'))
    await tf.setBackend('wasm')
    assert.isFalse(hasFused('SolveIvpCombination'))
    await tf.setBackend('tensorflow')
  })

  it('combine as sums of products rounded one by one, to the bit', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 13 }), (n, m) => {
        const w = noise(m, 50)
        const ours = tf.tidy(() => {
          const k = Array.from({ length: m }, (_, j) => vector(n, j + 1))
          return fusedCombination(vector(n, 0), w, k).dataSync()
        })
        const k = Array.from({ length: m }, (_, j) => noise(n, j + 1))
        const expected = noise(n, 0).map((y, i) => {
          const term = (j: number): number => Math.fround(w[j]! * k[j]![i]!)
          let sum = term(0)
          for (let j = 1; j < m; j++) sum = Math.fround(sum + term(j))
          return sum + y
        })
        assert.deepEqual(ours, expected)
      }),
      { numRuns: 40 },
    )
  })

  it('give the squares of an error norm, up to rounding', () => {
    const tolerance = { rtol: 1e-3, atol: 1e-4 }
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 7 }), (n, m) => {
        const w = noise(m, 50)
        const [ours] = tf.tidy(() => {
          const k = Array.from({ length: m }, (_, j) => vector(n, j + 2))
          return fusedErrorSquares(tolerance, w, k, vector(n, 0), vector(n, 1)).dataSync()
        })
        const [y, yNew] = [noise(n, 0), noise(n, 1)]
        const k = Array.from({ length: m }, (_, j) => noise(n, j + 2))
        let expected = 0
        let conditioned = 0
        for (let i = 0; i < n; i++) {
          const terms = k.map((slope, j) => w[j]! * slope[i]!)
          const scale = tolerance.atol + tolerance.rtol * Math.max(Math.abs(y[i]!), Math.abs(yNew[i]!))
          expected += (terms.reduce((sum, term) => sum + term, 0) / scale) ** 2
          conditioned += (terms.reduce((sum, term) => sum + Math.abs(term), 0) / scale) ** 2
        }
        assert.closeTo(ours!, expected, 2e-6 * conditioned)
      }),
      { numRuns: 40 },
    )
  })

  it('give no number for the norm where the error, the new state or the old one is none', () => {
    const norm = (of: (values: Float32Array, which: 'k' | 'y' | 'yNew') => Float32Array): number =>
      tf.tidy(() => {
        const make = (which: 'k' | 'y' | 'yNew'): Tensor1D => tf.tensor1d(of(noise(100, 1), which))
        return fusedErrorSquares({ rtol: 1e-3, atol: 1e-6 }, Float32Array.of(1), [make('k')], make('y'), make('yNew')).dataSync()[0]! // prettier-ignore
      })
    assert.isFinite(norm((values) => values))
    for (const where of ['k', 'y', 'yNew'] as const) {
      for (const at of [0, 17, 99]) {
        const broken = norm((values, which) => values.map((v, i) => (which === where && i === at ? NaN : v)))
        assert.isNaN(broken, `${where}[${at}]`)
      }
    }
    // An infinite state has an infinite tolerance, in which no error is small
    for (const where of ['y', 'yNew'] as const) {
      for (const at of [0, 17, 99]) {
        const infinite = norm((values, which) =>
          values.map((v, i) => (which === where && i === at ? Infinity : v)),
        )
        assert.isNaN(infinite, `${where}[${at}]`)
      }
    }
    assert.equal(
      norm((values, which) => (which === 'k' ? values.fill(Infinity) : values)),
      Infinity,
    )
  })

  it.each([
    { shape: [3, 5, 4, 6], groups: 3 },
    { shape: [1, 1, 1, 4], groups: 2 },
    { shape: [5, 14, 14, 64], groups: 32 },
    { shape: [2, 9, 9, 8], groups: 8 },
  ] as const)(
    'normalise groups and derive that as the operations of plain JavaScript: $shape in $groups groups',
    async ({ shape, groups }) => {
      const ofGroupNorm = (): Float32Array[] =>
        tf.tidy(() => {
          const channels = shape[3]
          const inputs = [image([...shape], 1).add(3), vector(channels, 2), vector(channels, 3)]
          const dy = image([...shape], 4)
          const { value, grads } = tf.valueAndGrads((x, gamma, beta) =>
            groupNorm(x as Tensor4D, groups, gamma!, beta!),
          )(inputs, dy)
          return [value, ...grads].map((x) => Float32Array.from(x.dataSync()))
        })
      const ours = ofGroupNorm()
      await tf.setBackend('cpu')
      const theirs = ofGroupNorm()
      await tf.setBackend('tensorflow')
      ours.forEach((values, which) => {
        const scale = Math.max(1, ...theirs[which]!.map(Math.abs))
        values.forEach((value, i) => assert.closeTo(value, theirs[which]![i]!, 1e-4 * scale, `${which}[${i}]`)) // prettier-ignore
      })
    },
  )

  it('leave the gradient of the gradient of group normalisation to the operations that have one', async () => {
    const second = (): Float32Array =>
      tf.tidy(() => {
        const [gamma, beta] = [vector(4, 2), vector(4, 3)]
        const penalty = (x: Tensor): Tensor =>
          tf
            .grad((v) =>
              groupNorm(v as Tensor4D, 2, gamma, beta)
                .square()
                .sum(),
            )(x)
            .mul(image([2, 3, 3, 4], 5))
            .sum()
        return Float32Array.from(
          tf
            .grad(penalty)(image([2, 3, 3, 4], 1))
            .dataSync(),
        )
      })
    const ours = second()
    await tf.setBackend('cpu')
    const theirs = second()
    await tf.setBackend('tensorflow')
    assert.isAbove(Math.max(...theirs.map(Math.abs)), 0.1)
    ours.forEach((value, i) => assert.closeTo(value, theirs[i]!, 1e-4, `entry ${i}`))
  })

  it('say which input does not fit', () => {
    tf.tidy(() => {
      const w = Float32Array.of(1, 2)
      assert.throws(() => fusedCombination(vector(3, 0), w, [vector(3, 1), vector(4, 2)]), /input 3 has 4 numbers, expected 3/) // prettier-ignore
      assert.throws(() => fusedCombination(vector(3, 0), w, [vector(3, 1)]), /input 1 has 2 numbers, expected 1/) // prettier-ignore
      assert.throws(
        () => fusedErrorSquares({ rtol: 1, atol: 1 }, Float32Array.of(1), [vector(3, 0)], vector(3, 1), vector(2, 2)), // prettier-ignore
        /input 1 has 2 numbers, expected 3/,
      )
      const x = image([2, 3, 3, 6], 0)
      assert.throws(() => fusedGroupNorm(x, 4, vector(6, 1), vector(6, 2)), /4 groups do not divide 6 channels/) // prettier-ignore
      const moments = tf.zeros([2, 1, 6])
      assert.throws(() => fusedGroupNormGradient(image([1, 3, 3, 6], 0), x, 3, moments, moments, vector(6, 1)), /input 0 has 54 numbers, expected 108/) // prettier-ignore
    })
  })

  it('give way to a convolution for the gradients of a large one, up to rounding', async () => {
    const shape = { x: [9, 13, 15, 32], filter: [3, 5, 32, 64] } as const
    const of = (pad: 'same' | 'valid', theirs: boolean): Float32Array[] =>
      tf.tidy(() => {
        const [x, filter] = [image([...shape.x], 1), image([...shape.filter], 2)]
        const out = tf.conv2d(x, filter, 1, pad)
        const dy = image(out.shape, 3)
        const common = { strides: 1, pad, dataFormat: 'NHWC' }
        const forInput = { ...common, inputShape: x.shape }
        const forFilter = { ...common, filterShape: filter.shape }
        const plain = (name: keyof typeof convolutionGradients, attributes: object): Tensor =>
          convolutionGradients[name]({ x, dy, filter }, attributes as ConvolutionAttributes)
        const registered = (name: string, inputs: object, attributes: object): Tensor =>
          tf.engine().runKernel(name, inputs as Record<string, Tensor>, attributes as never) as Tensor
        const results = theirs
          ? [plain('Conv2DBackpropInput', forInput), plain('Conv2DBackpropFilter', forFilter)]
          : [
              registered('Conv2DBackpropInput', { dy, filter }, forInput),
              registered('Conv2DBackpropFilter', { x, dy }, forFilter),
            ]
        return results.map((result) => Float32Array.from(result.dataSync()))
      })
    for (const pad of ['same', 'valid'] as const) {
      const ours = of(pad, false)
      await tf.setBackend('wasm')
      const theirs = of(pad, true)
      await tf.setBackend('tensorflow')
      ours.forEach((values, which) => {
        const scale = Math.max(...theirs[which]!.map(Math.abs))
        values.forEach((value, i) => {
          if (Math.abs(value - theirs[which]![i]!) > 3e-5 * scale) assert.fail(`${pad}: gradient ${which}[${i}] is ${value}, not ${theirs[which]![i]}`) // prettier-ignore
        })
      })
    }
  })
})
