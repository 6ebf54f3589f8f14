import { assert, beforeAll, describe, it } from 'vitest'
import type { IvpInputError } from '../../../src/bridge/index.ts'
import { ODEINT_OPTIONS } from '../../../src/bridge/tensorOptions.ts'
import { tf, type Scalar, type Tensor } from '../../../src/bridge/tensor.ts'
import {
  groupNormLayer,
  neuralOdeLayer,
  odeBlockLayer,
  odeOfLayer,
  registerOdeFunction,
  timeConvLayer,
} from '../../../src/model/layers/index.ts'
import { refusal } from '../../ivp/refusal.ts'

const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()
const dense = (): tf.layers.Layer => tf.layers.dense({ units: 2 })
const OF_ALL = [
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'name',
  'trainable',
  'weights',
  'inputDType',
]
const OF_SOLVES = [
  ...ODEINT_OPTIONS.filter((name) => !['params', 'signal', 'onSolve'].includes(name)),
  'onSolve',
  'times',
  'returnSequences',
]

type Make = (args: never) => unknown

/** Every function that makes a layer, what it needs and what it takes beside what all layers take. */
const LAYERS: ReadonlyArray<readonly [string, Make, needed: object, own: readonly string[]]> = [
  ['odeBlockLayer', odeBlockLayer, { groups: 2 }, ['groups', 'seed', ...OF_SOLVES]],
  ['neuralOdeLayer', neuralOdeLayer, { f: decay }, ['f', 'params', ...OF_SOLVES]],
  ['odeOfLayer', odeOfLayer, { layer: dense() }, ['layer', ...OF_SOLVES]],
  ['groupNormLayer', groupNormLayer, { groups: 2 }, ['groups', 'gammaInitializer', 'betaInitializer']],
  ['timeConvLayer', timeConvLayer, { filters: 2 }, ['filters', 'kernelSize', 'kernelInitializer']],
]

describe.each(LAYERS)('%s', (name, make, needed, own) => {
  it('names what it needs where nothing is given', () => {
    const [missing] = Object.keys(needed)
    for (const args of [undefined, {}]) assert.equal(refusal(() => make(args as never)).option, missing)
    for (const args of [null, 5, 'RK45', [1]])
      assert.equal(refusal(() => make(args as never)).option, 'options')
    make(needed as never)
  })

  it('refuses names that are none of its options, with those that are', () => {
    for (const wrong of ['tol', 'inputShap', 'foo', 'activation']) {
      const { option, expected } = refusal(() => make({ ...needed, [wrong]: 1 } as never))
      assert.equal(option, wrong)
      assert.include(expected, `is not an option of \`${name}\``)
      assert.include(expected, `(known: ${[...own, ...OF_ALL].join(', ')})`)
    }
    assert.include(refusal(() => make({ ...needed, inputShap: [2] } as never)).expected, 'write `inputShape`')
  })
})

const SOLVING = LAYERS.slice(0, 3)

describe.each(SOLVING)('%s checks the options of its solve when it is made', (_name, make, needed) => {
  it('names and values, also inside of others', () => {
    const wrong: ReadonlyArray<readonly [string, object]> = [
      ['backward.tol', { backward: { tol: 1 } }],
      ['certify.bound', { certify: { bound: 1 } }],
      ['certify.seed', { certify: { seed: () => 1 } }],
      ['gradient', { gradient: 'magic' }],
      ['state', { state: 'moon' }],
      ['onSolve', { onSolve: 5 }],
      ['returnSequences', { returnSequences: 'yes' }],
      ['times', { times: 1 }],
      ['times', { times: [0, 1, 1] }],
      ['params', { params: 5 }],
      ['signal', { signal: AbortSignal.timeout(1) }],
    ]
    for (const [option, args] of wrong) assert.equal(refusal(() => make({ ...needed, ...args } as never)).option, option) // prettier-ignore
    assert.include(refusal(() => make({ ...needed, tol: 1 } as never)).expected, '; write `rtol`')
    make({ ...needed, times: Float64Array.of(0, 0.5), rtol: 1e-2 } as never)
  })
})

describe('what a layer says to do instead does it', () => {
  beforeAll(() => tf.setBackend('cpu'))
  const says = (args: object): string => refusal(() => neuralOdeLayer({ f: decay, ...args })).message
  const predicted = (args: object): number[] => {
    const model = tf.sequential({
      layers: [neuralOdeLayer({ f: decay, inputShape: [1], rtol: 1e-5, ...args })],
    })
    return tf.tidy(() => Array.from((model.predict(tf.ones([1, 1])) as Tensor).dataSync()))
  }

  it('tEval, ts, denseOutput, save: `times` and `returnSequences`', () => {
    for (const name of ['tEval', 'ts', 'denseOutput', 'save'])
      assert.include(says({ [name]: [1] }), '`times`')
    const states = predicted({ times: [0, 0.5, 1], returnSequences: true })
    states.forEach((state, i) => assert.closeTo(state, Math.exp(-i / 2), 1e-4))
    assert.lengthOf(predicted({ times: [0, 0.5, 1] }), 1)
  })

  it('signal: `maxSteps`', () => {
    assert.include(says({ signal: AbortSignal.timeout(1) }), 'bound it by `maxSteps`')
    assert.throws(() => predicted({ times: [0, 1000], maxSteps: 2 }), /maxSteps/)
  })
})

it('declarations of weights, initializers, seeds and functions are named where they are wrong', () => {
  const declare = (w: unknown): IvpInputError =>
    refusal(() => neuralOdeLayer({ f: decay, params: { w: w as never } }))
  assert.equal(declare({ shape: [2], initialiser: 'zeros' }).option, 'params.w.initialiser')
  assert.include(declare({ shape: [2], initialiser: 'zeros' }).expected, '; write `initializer`')
  for (const wrong of [undefined, null, 5]) assert.equal(declare(wrong).option, 'params.w')
  for (const wrong of [5, null, {}]) {
    assert.equal(declare({ shape: [2], initializer: wrong }).option, 'params.w.initializer')
    if (wrong === null) continue
    assert.equal(refusal(() => groupNormLayer({ groups: 2, betaInitializer: wrong as never })).option, 'betaInitializer') // prettier-ignore
  }
  neuralOdeLayer({ f: decay, params: { w: { shape: [2], initializer: 'zeros' } } })
  assert.equal(refusal(() => odeBlockLayer({ groups: 2, seed: 'one' as never })).option, 'seed')
  assert.equal(refusal(() => registerOdeFunction('nothing', undefined as never)).option, 'f')
})
