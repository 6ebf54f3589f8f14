import { assert, it } from 'vitest'
import { IvpInputError } from '../../src/bridge/index.ts'
import { augmented } from '../../src/model/augmentation.ts'
import { makeRng } from '../../src/model/rng.ts'
import { cosine, reduceLROnPlateau } from '../../src/model/schedule.ts'
import { presets } from '../../src/model/presets.ts'
import { sgdStep } from '../../src/model/sgd.ts'
import { createTrainer } from '../../src/model/trainer.ts'
import type { ImageSet } from '../../src/model/imageSet.ts'
import { refusal } from '../ivp/refusal.ts'

it('a misspelt option of a schedule, an optimizer or an augmentation is named, and takes effect where it is written right', () => {
  assert.include(refusal(() => reduceLROnPlateau({ patiense: 0 } as never)).expected, '; write `patience`')
  const plateau = reduceLROnPlateau({ patience: 0 })
  assert.equal(plateau.next(plateau.next(plateau.start(1), 1), 2).lr, 0.1)

  const rates = { peakLr: 1, totalSteps: 10 }
  assert.include(
    refusal(() => cosine(0, { ...rates, warmup_steps: 5 } as never)).expected,
    'write `warmupSteps`',
  )
  assert.equal(cosine(0, { ...rates, warmupSteps: 5 }), 0.2)

  const sgd = { lr: 1, momentum: 0.5, weightDecay: 0 }
  const step = (options: object): Float32Array => {
    const params = Float32Array.of(1)
    sgdStep(params, Float32Array.of(1), Float32Array.of(0), options as never)
    return params
  }
  assert.include(refusal(() => step({ ...sgd, nestorov: true })).expected, '; write `nesterov`')
  assert.deepEqual([...step({ ...sgd, nesterov: true }), ...step(sgd)], [-0.5, 0])

  const change = { padding: 0, flip: false, hue: 0, saturation: 0 }
  const changed = (changes: object): Uint8Array =>
    augmented(Uint8Array.of(9, 5, 1), { height: 1, width: 1, channels: 3 }, changes as never, makeRng(1))
  const error = refusal(() => changed({ ...change, saturaton: 1 }))
  assert.equal(error.option, 'augmentation.saturaton')
  assert.include(error.expected, '; write `saturation`')
  assert.notDeepEqual(changed({ ...change, saturation: 1 }), changed(change))
})

it('an option of a training that is missing or that there is not is named before a backend is chosen', async () => {
  const options = { ...presets.quick, net: 'odenet', seed: 1, workers: 1, backend: 'wasm' } as const
  const refused = (given: object | undefined): Promise<unknown> =>
    createTrainer(given as never, {} as ImageSet).catch((reason: unknown) => reason)
  for (const [given, option] of [
    [{ ...options, learningRate: 0.1 }, 'learningRate'],
    [{ ...options, lr: undefined }, 'lr'],
    [{ ...presets.quick, seed: 1 }, 'net'],
    [undefined, 'options'],
  ] as const) {
    const error = await refused(given)
    assert.instanceOf(error, IvpInputError)
    assert.equal(error.option, option)
  }
  const { expected } = (await refused(presets.quick)) as IvpInputError
  assert.include(expected, 'as net, seed, workers, backend: begin with a preset')
  for (const [settings, option, says] of [
    [{ singal: new AbortController().signal }, 'settings.singal', 'write `signal`'],
    [{ signal: new AbortController() }, 'settings.signal', '`new AbortController().signal`'],
  ] as const) {
    const error = await createTrainer(options, {} as ImageSet, undefined, settings as never).catch(
      (reason: unknown) => reason,
    )
    assert.instanceOf(error, IvpInputError)
    assert.equal(error.option, option)
    assert.include(error.expected, says)
  }
  const { signal } = new AbortController()
  assert.notInstanceOf(await createTrainer(options, {} as ImageSet, undefined, { signal }).catch((reason: unknown) => reason), IvpInputError) // prettier-ignore
  // What it says is complete: what fails then is the set of images that this test has not
  assert.notInstanceOf(await refused(options), IvpInputError)
})
