import { assert, describe, it } from 'vitest'
import { commandOf, describe as inWords, optionsOf } from '../../../src/model/cli/trainOptions.ts'
import { METHODS } from '../../../src/ivp/methods.ts'
import { gradientNames } from '../../../src/model/trainOptions.ts'
import {
  refuseBesideResume,
  refuseWithoutOde,
  type Given,
  type TrainFlags,
} from '../../../src/model/cli/trainFlags.ts'
import { checkImplicit, methodNames } from '../../../src/model/cli/solverFlags.ts'
import { boundedWorkers } from '../../../src/model/cli/workers.ts'
import { UsageError } from '../../../src/model/cli/usageError.ts'
import type { ImageSet } from '../../../src/model/imageSet.ts'
import { solveOf } from '../../../src/model/trainedSolve.ts'
import { GIVEN } from './givenFlags.ts'

const options = (changes: Partial<TrainFlags>): ReturnType<typeof optionsOf> =>
  optionsOf({ ...GIVEN, ...changes })

describe('the options of a training', () => {
  it("are those of the issue's recipe for MNIST", () => {
    assert.deepInclude(options({}), {
      dataset: 'mnist',
      dim: 64,
      groups: 32,
      batch: 128,
      epochs: 3,
      maxImages: Infinity,
      lr: 0.1,
      momentum: 0.9,
      weightDecay: 1e-4,
      schedule: 'plateau',
      patience: 5,
      dropout: 0.5,
      method: 'RK45',
      gradient: 'adjoint',
      step: null,
      rtol: 1e-3,
      atol: 1e-3,
      holdOut: 0,
      augmentation: null,
    })
  })

  it("are those of the issue's recipe for CIFAR-10", () => {
    assert.deepInclude(options({ preset: 'cifar10' }), {
      dataset: 'cifar10',
      dim: 128,
      groups: 32,
      batch: 256,
      epochs: 10,
      schedule: 'plateau',
      patience: 15,
      augmentation: { padding: 4, flip: true, hue: 0.05, saturation: 0.05 },
    })
  })

  it('take one tolerance for both where only one is given', () => {
    assert.deepInclude(options({ rtol: 1e-2 }), { rtol: 1e-2, atol: 1e-2 })
    assert.deepInclude(options({ rtol: 1e-2, atol: 1e-4 }), { rtol: 1e-2, atol: 1e-4 })
    assert.deepInclude(options({ atol: 1e-4 }), { rtol: 1e-3, atol: 1e-4 })
  })

  it('take RK4 with ten steps for autodiff unless told otherwise', () => {
    assert.deepInclude(options({ gradient: 'autodiff' }), { method: 'RK4', step: 0.1 })
    assert.deepInclude(options({ gradient: 'autodiff', step: 0.25 }), { method: 'RK4', step: 0.25 })
    assert.deepInclude(options({ gradient: 'autodiff', method: 'RK45' }), { method: 'RK45', step: null })
    assert.deepInclude(options({ gradient: 'discrete' }), { method: 'RK45', step: null })
    assert.deepInclude(options({ method: 'RK4', step: 0.1 }), { gradient: 'adjoint', step: 0.1 })
  })

  it('refuse what does not go together', () => {
    const cases: [Partial<TrainFlags>, RegExp][] = [
      [{ method: 'RK4' }, /--method RK4 needs --step/],
      [{ gradient: 'autodiff', method: 'Euler' }, /--method Euler needs --step/],
      [{ method: 'RK45', step: 0.1 }, /--step is for the methods with equal steps .*RK45 chooses its own/],
      [{ step: 0.1 }, /--step is for the methods with equal steps/],
      [{ method: 'RK4', step: 0 }, /--step must lie in \(0, 1\].*received 0/],
      [{ method: 'RK4', step: 2 }, /--step must lie in \(0, 1\]/],
      [{ method: 'RK4', step: 0.1, rtol: 0.1 }, /--rtol has no effect on RK4/],
      [{ gradient: 'autodiff', atol: 0.1 }, /--atol has no effect on RK4/],
      [
        { gradient: 'autodiff', method: 'BDF' },
        /--gradient autodiff differentiates the steps of explicit methods/,
      ],
      [{ gradient: 'discrete', method: 'Radau' }, /not of Radau/],
      [{ rtol: 0 }, /--rtol must be a positive number/],
      [{ patience: -1 }, /--patience must be a whole number/],
      [{ earlyStop: 0 }, /--early-stop must be a positive whole number/],
      [{ average: 1 }, /--average must lie in \(0, 1\); received 1/],
      [{ holdOut: 1 }, /--hold-out must lie in \[0, 1\)/],
      [{ checkpointEvery: -1 }, /--checkpoint-every must not be negative/],
      [{ snapshots: -1 }, /--snapshots must be a whole number from 0; received -1/],
    ]
    for (const [changes, says] of cases) assert.throws(() => options(changes), UsageError, says)
  })

  it('refuse implicit methods for states that are too large for their matrices', () => {
    assert.throws(() => checkImplicit(options({ method: 'BDF' }), 784), UsageError, /at most 5000 numbers/)
    checkImplicit(options({ method: 'BDF', batch: 2, dim: 8, groups: 4, workers: 1 }), 784)
    checkImplicit(options({}), 784)
  })

  it('give the solver only what has an effect', () => {
    assert.deepEqual(solveOf(options({ gradient: 'autodiff' })), {
      method: 'RK4',
      step: 0.1,
      gradient: 'autodiff',
    })
    assert.deepEqual(solveOf(options({ gradient: 'discrete' })), {
      method: 'RK45',
      rtol: 1e-3,
      atol: 1e-3,
      gradient: 'discrete',
    })
    assert.deepInclude(solveOf(options({})), { gradient: 'adjoint', backward: { norm: 'seminorm' } })
    assert.deepInclude(solveOf(options({ preset: 'quick' })), { firstStep: 1 })
  })

  it('repeat themselves as a command', () => {
    for (const [changes, says] of [
      [{ gradient: 'autodiff' }, '--gradient autodiff --method RK4 --step 0.1 --epochs 3'],
      [{ rtol: 1e-2 }, '--gradient adjoint --method RK45 --rtol 0.01 --atol 0.01 --epochs 3'],
      [{ patience: 2, holdOut: 0.1 }, '--patience 2 --hold-out 0.1'],
      [{ earlyStop: 3 }, '--patience 5 --early-stop 3 --seed 1'],
      [{ average: 0.99 }, '--patience 5 --average 0.99 --seed 1'],
    ] as const) {
      const flags = { ...GIVEN, ...changes }
      assert.include(commandOf(optionsOf(flags), flags), says)
    }
  })

  it('take one worker for native TensorFlow', () => {
    assert.equal(options({ backend: 'tensorflow' }).workers, 1)
    assert.equal(options({ backend: 'tensorflow', workers: 2 }).workers, boundedWorkers(2))
  })

  it('describe themselves', () => {
    const set = { n: 320 } as ImageSet
    assert.match(
      inWords(options({ gradient: 'autodiff' }), set, 'here'),
      /RK4 with steps of 0.1,\ngradients by the autodiff/,
    )
    assert.match(inWords(options({ preset: 'cifar10' }), set, 'here'), /320 images of CIFAR-10, 3200 in all/)
  })

  it('refuse each flag that would have no effect: beside --resume, and of solves on a net without an ODE', () => {
    const none = Object.fromEntries(Object.keys(GIVEN).map((name) => [name, undefined])) as Given<TrainFlags>
    const beside = (given: object) => () => refuseBesideResume({ ...none, resume: 'run', ...given }, 'run')
    beside({})()
    beside({ checkpointEvery: 1 })()
    for (const name of Object.keys(GIVEN).filter((flag) => !['resume', 'checkpointEvery'].includes(flag))) {
      const flag = `--${name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`
      // The values that are usual are refused too: they were given
      for (const value of [false, 0, 'quick'])
        assert.throws(beside({ [name]: value }), UsageError, `so that ${flag} would have no effect`)
    }
    for (const net of ['stem', 'resnet'] as const) {
      const without = (given: object) => () => refuseWithoutOde({ ...none, net, ...given })
      for (const name of ['gradient', 'method', 'step', 'rtol', 'atol'])
        assert.throws(without({ [name]: 1 }), UsageError, `--net ${net} has no ODE, so that --${name}`)
      assert.throws(without({ baseline: true }), UsageError, '--baseline')
      without({ baseline: false, epochs: 1 })()
    }
    refuseWithoutOde({ ...none, method: 'RK4', step: 0.1 })
  })

  it.each(['odenet', 'resnet', 'stem'] as const)(
    'are repeated by the command that a run keeps: --net %s',
    (net) => {
      const flags = { ...GIVEN, net, epochs: 2, snapshots: 2 }
      const words = commandOf(optionsOf(flags), flags).split(' ').slice(2)
      const given: Record<string, unknown> = {}
      for (let i = 0; i < words.length; i += 2) {
        const name = words[i]!.slice(2).replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
        const value = Number(words[i + 1])
        given[name] = Number.isNaN(value) ? words[i + 1] : value
      }
      refuseWithoutOde(given as unknown as Given<TrainFlags>)
      assert.deepEqual(optionsOf({ ...GIVEN, ...given }), optionsOf(flags))
    },
  )

  it('say which schedule a patience is for, and take it there', () => {
    assert.throws(() => options({ preset: 'quick', patience: 3 }), UsageError, '--early-stop to end early, or a preset with plateaus (mnist, cifar10)') // prettier-ignore
    assert.equal(options({ preset: 'quick', earlyStop: 3 }).earlyStop, 3)
    assert.equal(options({ preset: 'mnist', patience: 3 }).patience, 3)
    assert.equal(options({ preset: 'cifar10', patience: 3 }).patience, 3)
  })

  it('know the methods and gradients of the library, and no others', () => {
    assert.sameMembers([...methodNames], Object.keys(METHODS))
    assert.deepEqual(gradientNames, ['adjoint', 'interpolating', 'discrete', 'autodiff'])
  })
})
