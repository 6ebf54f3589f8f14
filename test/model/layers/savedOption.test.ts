import fc from 'fast-check'
import { assert, beforeAll, describe, it } from 'vitest'
import { tf } from '../../../src/bridge/tensor.ts'
import { neuralOdeLayer, NotSavable, registerOdeFunction } from '../../../src/model/index.ts'
import { restoredOption, savedOption } from '../../../src/model/layers/savedOption.ts'
import { savedAndLoaded } from './saving.ts'

const tolerance = fc.oneof(
  fc.double({ min: 1e-9, max: 1, noNaN: true }),
  fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }),
)
const direction = {
  method: fc.constantFrom('RK45', 'RK23', 'DOP853', 'RK4', 'Radau', 'LSODA', 'Tsit5'),
  rtol: tolerance,
  atol: tolerance,
  firstStep: fc.constantFrom(0.1, 1e-12),
  maxSteps: fc.integer({ min: 1 }),
}
const options = fc.record(
  {
    ...direction,
    gradient: fc.constantFrom('backsolve', 'adjoint', 'interpolating', 'discrete', 'autodiff'),
    backward: fc.record(
      {
        ...direction,
        norm: fc.constantFrom('all', 'blocks', 'seminorm'),
        parameters: fc.constantFrom('integrated', 'quadrature'),
      },
      { requiredKeys: [] },
    ),
    certify: fc.oneof(
      fc.boolean(),
      fc.record({ otherwise: fc.constantFrom('warn', 'discrete'), seed: fc.nat() }),
    ),
    state: fc.constantFrom('flat', 'device', 'auto'),
    times: fc.constant([1, 0.25, -2]),
    returnSequences: fc.boolean(),
  },
  { requiredKeys: [] },
)

describe('options in a model file', () => {
  beforeAll(() => tf.setBackend('cpu'))

  it('come back as they were, whatever tfjs does to texts', async () => {
    const f = registerOdeFunction('Field_of-laws2', (_t, h) => h)
    await fc.assert(
      fc.asyncProperty(options, async (given) => {
        const layer = neuralOdeLayer({ ...(given as object), f, inputShape: [2] })
        const loaded = await savedAndLoaded(tf.sequential({ layers: [layer] }))
        const { f: theirs, solveOptions, times, returnSequences } = loaded.layers[0] as typeof layer
        assert.strictEqual(theirs, f)
        const defaults = { times: [0, 1], returnSequences: false }
        assert.deepEqual({ ...solveOptions, times, returnSequences } as object, { ...defaults, ...given })
      }),
      { numRuns: 30 },
    )
  })

  it('typed arrays become arrays, and the default of maxStep is left out', async () => {
    const f = registerOdeFunction('Field_of-laws2', (_t, h) => h)
    const layer = neuralOdeLayer({
      f,
      atol: new Float64Array([0.5, 0.25]),
      maxStep: Infinity,
      inputShape: [2],
    })
    const loaded = (await savedAndLoaded(tf.sequential({ layers: [layer] }))).layers[0] as typeof layer
    assert.deepEqual(loaded.solveOptions, { atol: [0.5, 0.25] })
  })

  it('are refused by their path where a file would lose them', () => {
    const refused: ReadonlyArray<readonly [unknown, string]> = [
      [() => 1, 'o'],
      [{ a: { b: new Map() } }, 'o.a.b'],
      [[1, NaN], 'o[1]'],
    ]
    for (const [value, path] of refused) {
      try {
        savedOption('layer', 'o', value)
        assert.fail(path)
      } catch (error) {
        assert.instanceOf(error, NotSavable)
        assert.equal(error.option, path)
      }
    }
    assert.deepEqual(restoredOption(savedOption('layer', 'o', { a: 'RK45', b: [true, null, 1e-3] })), {
      a: 'RK45',
      b: [true, null, 1e-3],
    })
  })
})
