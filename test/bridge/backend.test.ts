import { assert, describe, it, vi } from 'vitest'
import { chooseFrom } from '../../src/bridge/backend.ts'
import { BACKEND_WISHES, sourcesFor, type BackendSource } from '../../src/bridge/backendSource.ts'
import { BackendUnavailable, chooseBackend, IvpInputError, type BackendWish } from '../../src/bridge/index.ts'
import { tf } from '../../src/bridge/tensor.ts'
import { chooseWith } from './choosing.ts'

const GPU = '@tensorflow/tfjs-node-gpu'
const CPU = '@tensorflow/tfjs-node'

/** Registers a kernel, then fails where tfjs-node does whose install script did not run. */
const WITHOUT_ADDON = `const tf = require('@tensorflow/tfjs')
tf.registerKernel({ kernelName: 'Add', backendName: 'tensorflow', kernelFunc: () => { throw new Error() } })
throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: x. \\nPlease run command npm rebuild')`

/** Registers, as 'tensorflow', what computes on the cpu, and tells what it finds. */
const SOUND = `const tf = require('@tensorflow/tfjs')
const util = require('util')
globalThis.said.push(util.isNullOrUndefined(undefined), util.isArray([]), process.env.TF_CPP_MIN_LOG_LEVEL)
tf.registerBackend('tensorflow', tf.findBackendFactory('cpu'), 3)`

const source = (name: string, load: () => Promise<unknown>, backend: BackendSource['backend'] = 'cpu'): BackendSource => ({ name, backend, load, describe: () => `a backend from ${name}` }) // prettier-ignore
const sound = source('sound', () => Promise.resolve())
const failing = source('failing', () => Promise.reject(new Error('first line\nsecond line')))

describe('the choice of a backend', () => {
  it('goes from the GPU over the native ones to wasm and plain JavaScript under Node', () => {
    const names = sourcesFor('auto').map(({ name }) => name)
    assert.deepEqual(names, [
      GPU,
      CPU,
      'npm run native',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-cpu',
    ])
    assert.deepEqual(
      sourcesFor('tensorflow').map(({ name }) => name),
      names.slice(0, 3),
    )
  })

  it('takes the first that loads and asks no further', async () => {
    let asked = 0
    const later = source('later', async () => void asked++)
    assert.deepEqual(await chooseFrom([sound, later], 'auto'), {
      name: 'cpu',
      reason: 'a backend from sound; the first choice',
      tried: [],
    })
    assert.equal(asked, 0)
    assert.equal(tf.getBackend(), 'cpu')
  })

  it('says in the reason what was tried before and why it did not work', async () => {
    const choice = await chooseFrom([failing, sound], 'auto')
    assert.equal(choice.reason, 'a backend from sound. Tried before it: failing: first line.')
    assert.deepEqual(choice.tried, [{ name: 'failing', reason: 'first line' }])
  })

  it('does not take a backend that loads but does not start', async () => {
    const factory = tf.findBackendFactory('wasm')
    if (factory !== null) tf.removeBackend('wasm')
    tf.registerBackend('wasm', () => Promise.reject(new Error('no memory')))
    const [name, reason] = ['sleeper', 'loaded, but its backend did not start: no memory']
    const choice = await chooseFrom([source(name, () => Promise.resolve(), 'wasm'), sound], 'auto')
    assert.deepEqual(choice.tried, [{ name, reason }])
    tf.removeBackend('wasm')
  })

  it('fails with every reason when none works, and says what to do', async () => {
    const error = await chooseFrom([failing, failing], 'tensorflow').then(
      () => null,
      (thrown: unknown) => thrown,
    )
    assert.instanceOf(error, BackendUnavailable)
    assert.equal(error.tried.length, 2)
    assert.include(error.message, 'failing: first line; failing: first line')
    assert.include(error.message, 'npm run native')
  })

  it('refuses native TensorFlow where there is no way to it, without advice that cannot be followed', () => {
    const { message } = new BackendUnavailable('tensorflow', [])
    assert.equal(message, "No tfjs backend for 'tensorflow' could be loaded (it runs under Node only). Choose 'auto' or 'wasm'.") // prettier-ignore
  })

  it('refuses WebGL outside a browser', () => {
    const { message } = chooseWith('webgl')
    assert.equal(message, "No tfjs backend for 'webgl' could be loaded (webgl: runs in browsers only). Choose 'auto' or 'wasm'.") // prettier-ignore
  })

  it('refuses WebGPU where there is no device, and says what Node needs for one', async () => {
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(null) } })
    const error = await chooseBackend('webgpu').catch((thrown: unknown) => thrown)
    vi.unstubAllGlobals()
    assert.instanceOf(error, BackendUnavailable)
    assert.deepEqual(error.tried, [
      {
        name: '@tensorflow/tfjs-backend-webgpu',
        reason: 'no WebGPU adapter was found (in Node, Dawn needs a Vulkan driver)',
      },
    ])
  })
})

describe('a backend that cannot be had', () => {
  const refused = (wanted: unknown): Promise<unknown> =>
    chooseBackend(wanted as BackendWish).catch((reason: unknown) => reason)

  it('because there is none of that name is refused with the names that there are', async () => {
    for (const wanted of ['foo', '', undefined, null, 5, {}]) {
      const error = await refused(wanted)
      assert.instanceOf(error, IvpInputError)
      assert.equal(error.option, 'wanted')
      for (const name of BACKEND_WISHES) assert.include(error.expected, `'${name}'`)
    }
    for (const [wanted, meant] of [
      ['wasn', 'wasm'],
      ['CPU', 'cpu'],
      ['web-gl', 'webgl'],
      ['tensorflow.js', 'tensorflow'],
    ])
      // prettier-ignore
      assert.include(((await refused(wanted)) as IvpInputError).expected, `; write '${meant}'`)
    assert.equal((await chooseBackend('cpu')).name, 'cpu')
  })

  it('leaves the backend that was in use', async () => {
    await tf.setBackend('cpu')
    tf.registerBackend('broken', () => Promise.reject(new Error('no memory')))
    const broken = source('broken', () => Promise.resolve(), 'broken' as never)
    const error = await chooseFrom([broken], 'wasm').catch((reason: unknown) => reason)
    assert.include((error as Error).message, 'its backend did not start: no memory')
    assert.equal(tf.getBackend(), 'cpu')
    assert.equal(
      tf.tidy(() => tf.scalar(2).square().dataSync()[0]),
      4,
    )
    tf.removeBackend('broken')
  })

  it('is not advised to be chosen, and no advice is given twice', () => {
    const cure = 'Install what is missing: `npm install x`.'
    const tried = [{ name: 'x', reason: 'not installed' }]
    const { message } = new BackendUnavailable('wasm', tried, [cure, cure])
    assert.equal(message, `No tfjs backend for 'wasm' could be loaded (x: not installed). ${cure} Or choose 'auto' or 'cpu'.`) // prettier-ignore
    assert.notInclude(new BackendUnavailable('auto', tried, [cure]).message, 'choose')
  })
})

describe('native packages', () => {
  it('that are not there lead to wasm, with a plain word on how to get them', () => {
    const { name, tried, reason, predicates } = chooseWith('auto')
    assert.equal(name, 'wasm')
    assert.deepEqual(
      tried!.map((attempt) => attempt.name),
      [GPU, CPU, 'npm run native'],
    )
    assert.equal(tried![0]!.reason, 'not installed')
    assert.equal(tried![1]!.reason, 'not installed')
    assert.match(tried![2]!.reason, /^nothing was built in .*, which SOLVE_IVP_NATIVE names$/)
    assert.match(reason!, /^WebAssembly on the CPU\. Tried before it: .*`npm install @tensorflow\/tfjs-node`/)
    assert.include(predicates, 'isNullOrUndefined')
  })

  it('are neither loaded nor prepared for when another backend is asked for', () => {
    const { name, reason, said, logLevel, predicates } = chooseWith('wasm', { [CPU]: SOUND })
    assert.deepEqual([name, reason], ['wasm', 'WebAssembly on the CPU; as asked for'])
    assert.deepEqual(said, [])
    assert.isNull(logLevel)
    const own = ['isNullOrUndefined', 'isArray'].filter((predicate) => predicate in process.getBuiltinModule('node:util')) // prettier-ignore
    assert.deepEqual(predicates, own)
  })

  it('find the tfjs of this project, the predicates that Node took away, and a quiet log', () => {
    const { name, reason, said } = chooseWith('auto', { [CPU]: SOUND })
    assert.equal(name, 'tensorflow')
    assert.equal(reason, `native TensorFlow on the CPU, from ${CPU}. Tried before it: ${GPU}: not installed.`)
    assert.deepEqual(said, [true, true, '3'])
  })

  it('keep the log level that the user set', () => {
    assert.equal(chooseWith('auto', { [CPU]: SOUND }, { TF_CPP_MIN_LOG_LEVEL: '0' }).said[2], '0')
  })

  it('without their addon are named with the reason and leave no kernel behind', () => {
    const { name, tried, kernels } = chooseWith('auto', { [GPU]: WITHOUT_ADDON })
    assert.equal(name, 'wasm')
    assert.deepEqual(tried![0], {
      name: GPU,
      reason: 'The Node.js native addon module (tfjs_binding.node) can not be found at path: x.',
    })
    assert.equal(kernels, 0)
  })

  it('that fail do not stand in the way of the next', () => {
    const { name, tried, said } = chooseWith('tensorflow', { [GPU]: WITHOUT_ADDON, [CPU]: SOUND })
    assert.equal(name, 'tensorflow')
    assert.equal(tried!.length, 1)
    assert.equal(said.length, 3)
  })

  it('say which Node they need where this one is too old for them', async () => {
    const { getBuiltinModule } = process
    const module = getBuiltinModule('node:module')
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((id: string) =>
      id === 'node:module' ? { createRequire: module.createRequire } : getBuiltinModule(id)) as never)
    const error = await chooseBackend('tensorflow').catch((reason: unknown) => reason)
    vi.restoreAllMocks()
    assert.instanceOf(error, BackendUnavailable)
    const { reason } = error.tried[0]!
    assert.equal(reason, `needs Node 22.15 or newer, and this is Node ${process.versions.node}`)
  })

  it('that lack a package of their own are not called missing', () => {
    const { tried } = chooseWith('auto', { [CPU]: `require('left-out')` })
    assert.match(tried![1]!.reason, /Cannot find module 'left-out'/)
  })
})
