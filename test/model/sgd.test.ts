import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { restoreVelocity, saveVelocity, type SgdOptions, sgdStep } from '../../src/model/sgd.ts'

const small = fc.float({ min: -2, max: 2, noNaN: true })
const options = fc.record({
  lr: fc.double({ min: 0, max: 0.5, noNaN: true }),
  momentum: fc.double({ min: 0.1, max: 0.95, noNaN: true }),
  weightDecay: fc.double({ min: 0, max: 0.1, noNaN: true }),
  nesterov: fc.boolean(),
})

/** PyTorch's algorithm for one number, line by line: the buffer starts as a copy of the first gradient. */
const reference = (p0: number, grads: number[], o: Required<SgdOptions>): number => {
  let p = p0
  let buffer: number | undefined
  for (let g of grads) {
    if (o.weightDecay !== 0) g = g + o.weightDecay * p
    if (o.momentum !== 0) {
      buffer = buffer === undefined ? g : o.momentum * buffer + g
      g = o.nesterov ? g + o.momentum * buffer : buffer
    }
    p = p - o.lr * g
  }
  return p
}

describe('sgdStep', () => {
  test('follows the scalar algorithm for every element, over several steps', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ p: small, gs: fc.array(small, { minLength: 6, maxLength: 6 }) }), {
          minLength: 1,
        }),
        options,
        (elements, o) => {
          const params = Float32Array.from(elements, (e) => e.p)
          const velocity = new Float32Array(params.length)
          for (let k = 0; k < 6; k++) {
            sgdStep(
              params,
              Float32Array.from(elements, (e) => e.gs[k]!),
              velocity,
              o,
            )
          }
          elements.forEach((e, i) => {
            // Six steps, two roundings to single precision in each, of numbers below about 50.
            expect(Math.abs(params[i]! - reference(e.p, e.gs, o))).toBeLessThan(50 * 12 * 2 ** -24)
          })
        },
      ),
    ))

  test('gives the numbers of a hand calculation', () => {
    const params = Float32Array.of(1)
    const velocity = Float32Array.of(0)
    const o: SgdOptions = { lr: 0.5, momentum: 0.5, weightDecay: 0.25 }
    sgdStep(params, Float32Array.of(1), velocity, o) // d = 1.25, v = 1.25, p = 0.375
    expect([velocity[0], params[0]]).toEqual([1.25, 0.375])
    sgdStep(params, Float32Array.of(2), velocity, o) // d = 2.09375, v = 2.71875, p = -0.984375
    expect([velocity[0], params[0]]).toEqual([2.71875, -0.984375])
  })

  test('looks ahead with nesterov', () => {
    const params = Float32Array.of(1)
    sgdStep(params, Float32Array.of(1), Float32Array.of(2), {
      lr: 0.5,
      momentum: 0.5,
      weightDecay: 0,
      nesterov: true,
    }) // v = 2, p = 1 - 0.5 (1 + 0.5 * 2)
    expect(params[0]).toBe(0)
  })

  test('is plain descent without momentum and leaves the gradients alone', () => {
    const params = Float32Array.of(1, 2)
    const grads = Float32Array.of(4, -4)
    sgdStep(params, grads, new Float32Array(2), { lr: 0.25, momentum: 0, weightDecay: 0 })
    expect([...params]).toEqual([0, 3])
    expect([...grads]).toEqual([4, -4])
  })

  test('refuses unequal lengths and bad options before it changes anything', () => {
    const params = Float32Array.of(1, 2)
    const step = (n: number, m: number, o: Partial<SgdOptions>) => () =>
      sgdStep(params, new Float32Array(n).fill(1), new Float32Array(m), {
        lr: 0.1,
        momentum: 0.9,
        weightDecay: 0,
        ...o,
      })
    expect(step(1, 2, {})).toThrow(RangeError)
    expect(step(2, 3, {})).toThrow(RangeError)
    expect(step(2, 2, { lr: Number.NaN })).toThrow('lr')
    expect(step(2, 2, { momentum: -1 })).toThrow('momentum')
    expect(step(2, 2, { weightDecay: Infinity })).toThrow('weightDecay')
    expect(step(2, 2, { momentum: 0, nesterov: true })).toThrow('nesterov')
    expect([...params]).toEqual([1, 2])
  })
})

describe('saved velocity', () => {
  test('comes back to the bit after a trip through JSON', () =>
    fc.assert(
      fc.property(fc.float32Array(), (velocity) => {
        const again = restoreVelocity(JSON.parse(JSON.stringify(saveVelocity(velocity))))
        expect(again).toEqual(Float32Array.from(velocity))
      }),
    ))

  test('refuses a state of the wrong length', () => {
    expect(() => restoreVelocity({ ...saveVelocity(Float32Array.of(1, 2)), length: 3 })).toThrow(RangeError)
  })
})
