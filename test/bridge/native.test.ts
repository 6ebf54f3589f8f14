import { createRequire } from 'node:module'
import { afterEach, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { builtFolder, loadBuilt } from '../../src/bridge/builtTensorflow.ts'
import { layoutOf, readLeaves, toLeaves } from '../../src/bridge/flatten.ts'
import { odeint, SolveFailed, type OdeintOptions, type SolveReport } from '../../src/bridge/index.ts'
import { loadNative } from '../../src/bridge/nativeBackend.ts'
import { tf, type Scalar, type Tensor, type Tensor4D } from '../../src/bridge/tensor.ts'
import { initWasm } from '../../src/bridge/wasmBackend.ts'
import { odeFunction, odeFunctionSpec } from '../../src/model/odeFunction.ts'
import { unbuilt } from './builtHere.ts'
import { fill, net, type Net } from './tensorProblems.ts'

/** Ten steps of sums of up to a hundred terms in single precision: some tens of its 6e-8. */
const ROUNDING = 1e-5

/** Tensors that the addon holds; tfjs's own count does not see these. */
const heldByAddon = (): number =>
  (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors()

/** Solution and gradients of one solve of a small dense net on the current backend. */
function ofDenseNet(options: OdeintOptions<Net>): Float32Array[] {
  return tf.tidy(() => {
    const inputs = [fill([4, 3], 0), fill([3, 3], 1), fill([3], 2)]
    const { value, grads } = tf.valueAndGrads((h, w, b) => odeint(net, h!, [0, 0.4, 1], { ...options, params: { w: w!, b: b! } }).mul(fill([3, 4, 3], 3)).sum())(inputs) // prettier-ignore
    return [value, ...grads].map((x) => Float32Array.from(x.dataSync()))
  })
}

/** The same for the ODE block of the image nets: convolutions, group norms, ReLUs. */
function ofImageBlock(): Float32Array[] {
  const names = Object.keys(odeFunctionSpec(4))
  const shapes = Object.values(odeFunctionSpec(4)).map(({ shape }) => shape)
  return tf.tidy(() => {
    const inputs = [
      fill([2, 7, 7, 4], 0),
      ...shapes.map((shape, i) =>
        fill([...shape], i)
          .mul(0.4)
          .add(0.1),
      ),
    ]
    const block = (h: Tensor, ...parameters: Tensor[]): Tensor =>
      odeint(odeFunction(2) as never, h as Tensor4D, [0, 1], {
        params: Object.fromEntries(names.map((name, i) => [name, parameters[i]!])),
        method: 'RK4',
        step: 0.25,
        gradient: 'discrete',
      } as never) as unknown as Tensor
    const loss = (...all: Tensor[]): Scalar =>
      block(all[0]!, ...all.slice(1))
        .square()
        .mean() as Scalar
    const { value, grads } = tf.valueAndGrads(loss)(inputs)
    return [value, ...grads].map((x) => Float32Array.from(x.dataSync()))
  })
}

async function on<T>(backend: string, body: () => T): Promise<T> {
  await tf.setBackend(backend)
  const result = body()
  await tf.setBackend('tensorflow')
  return result
}

function agree(ours: Float32Array[], theirs: Float32Array[], bound: number): void {
  assert.equal(ours.length, theirs.length)
  ours.forEach((values, which) => {
    const scale = Math.max(1, ...theirs[which]!.map(Math.abs))
    values.forEach((value, i) =>
      assert.closeTo(value, theirs[which]![i]!, bound * scale, `output ${which}[${i}]`),
    )
  })
}

describe.skipIf(unbuilt('the native backend'))('the native backend that `npm run native` built', () => {
  let before: number[] = []
  beforeAll(async () => {
    await initWasm()
    await loadNative(() => loadBuilt(builtFolder()))
    assert.isTrue(await tf.setBackend('tensorflow'))
  })
  beforeEach(() => {
    before = [tf.memory().numTensors, tf.memory().numDataBuffers, heldByAddon()]
  })
  afterEach(() => {
    assert.deepEqual([tf.memory().numTensors, tf.memory().numDataBuffers, heldByAddon()], before)
  })

  it('runs on the one tfjs of this process', () => {
    const loaded = (pattern: RegExp): string[] =>
      Object.keys(createRequire(import.meta.url).cache).filter((path) => pattern.test(path))
    assert.lengthOf(loaded(/tfjs-core.dist.tf-core/), 1)
    assert.lengthOf(loaded(/tfjs.dist.tf\.node/), 1)
    assert.include(loaded(/tfjs-node.dist.index/)[0], builtFolder())
    assert.equal(tf.backend().constructor.name, 'NodeJSKernelBackend')
  })

  it.each(['backsolve', 'interpolating', 'discrete'] as const)(
    'solves and differentiates by %s as plain JavaScript and wasm do, up to rounding',
    async (gradient) => {
      const options = { gradient, method: 'RK4', step: 0.1 } as const
      const ours = ofDenseNet(options)
      agree(ours, await on('cpu', () => ofDenseNet(options)), ROUNDING)
      agree(ours, await on('wasm', () => ofDenseNet(options)), ROUNDING)
    },
  )

  it('chooses its steps as they do, up to the tolerance', async () => {
    const options = { rtol: 1e-4, atol: 1e-5 }
    const ours = ofDenseNet(options)
    agree(ours, await on('cpu', () => ofDenseNet(options)), 10 * options.rtol)
    agree(ours, await on('wasm', () => ofDenseNet(options)), 10 * options.rtol)
  })

  it('solves and differentiates the ODE block of the image nets as plain JavaScript and wasm do', async () => {
    const ours = ofImageBlock()
    agree(ours, await on('cpu', ofImageBlock), ROUNDING)
    agree(ours, await on('wasm', ofImageBlock), ROUNDING)
  })

  it("keeps a state on the host, and from 262,144 numbers on in its own tensors, where 'auto' may choose", () => {
    const locationsOf = (rows: number, options: OdeintOptions<Net>): string[] => {
      const locations: string[] = []
      const onSolve = ({ phase, state }: SolveReport): void => void locations.push(`${phase} ${state}`)
      tf.tidy(() => {
        const inputs = [fill([rows, 128], 0), fill([128, 128], 1).mul(0.01), fill([128], 2)]
        tf.grads((h, w, b) => odeint(net, h!, [0, 1], { ...options, params: { w: w!, b: b! }, onSolve }))(
          inputs,
        )
      })
      return locations
    }
    assert.deepEqual(locationsOf(2047, {}), ['forward flat', 'backward flat'])
    assert.deepEqual(locationsOf(2048, {}), ['forward device', 'backward device'])
    assert.deepEqual(locationsOf(2048, { state: 'flat' }), ['forward flat', 'backward flat'])
    assert.deepEqual(locationsOf(2048, { gradient: 'discrete', method: 'RK4', step: 0.5 }), [
      'forward flat',
      'backward flat',
    ])
  })

  it('derives a ReLU as plain JavaScript does, at zero, at NaN and with a slope too', async () => {
    const ofReLUs = (): Float32Array[] =>
      tf.tidy(() => {
        const x = tf.tensor1d([-2, -0, 0, 1e-30, 3, NaN, Infinity, -Infinity])
        const slope = tf.grad((v) => tf.relu(v))(x, tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]))
        return [slope, tf.step(x), tf.step(x, 0.25)].map((v) => Float32Array.from(v.dataSync())) // prettier-ignore
      })
    const ours = ofReLUs()
    assert.deepEqual(ours, await on('cpu', () => ofReLUs()))
  })

  it('leaves no tensor behind when a solve fails or is interrupted', () => {
    tf.tidy(() => {
      const h0 = fill([4, 3], 0)
      const params = { w: fill([3, 3], 1), b: fill([3], 2) }
      assert.throws(() => odeint(net, h0, [0, 1], { params, maxSteps: 1, rtol: 1e-5 }), SolveFailed)
      const signal = AbortSignal.abort()
      assert.throws(() => odeint(net, h0, [0, 1], { params, signal }), SolveFailed)
    })
  })

  it('keeps no hold of a flat vector and gives none away', () => {
    const flat = Float32Array.from({ length: 6 }, (_, i) => i)
    const pattern = tf.zeros([2, 3])
    const layout = layoutOf(pattern)
    pattern.dispose()
    const leaves = toLeaves(flat, layout)
    // The backend copies at the first use, not when the tensor is made
    flat.fill(-1)
    const doubled = tf.mul(leaves[0]!, 2)
    assert.deepEqual([...leaves[0]!.dataSync()], [0, 1, 2, 3, 4, 5])
    const out = new Float32Array(6)
    readLeaves(leaves, layout, out)
    out.fill(-1)
    assert.deepEqual([...leaves[0]!.dataSync()], [0, 1, 2, 3, 4, 5])
    assert.deepEqual([...doubled.dataSync()], [0, 2, 4, 6, 8, 10])
    tf.dispose([...leaves, doubled])
  })
})
