import { assert, describe, it } from 'vitest'
import { solveToEvent, solveWithPullback, solveWithSensitivities } from '../../src/adjoint/index.ts'
import { IvpInputError } from '../../src/index.ts'
import { relaxation } from './relaxation.ts'

const untouched = { ...relaxation<Float64Array>(1), f: () => assert.fail('evaluated') }
const h0 = (): Float64Array => Float64Array.of(0)

describe('output times', () => {
  it('that never end, or are in no order, are refused before anything is solved', () => {
    const refused: ReadonlyArray<readonly [unknown, RegExp]> = [
      [
        [0, Infinity],
        /`ts` must be finite times; ts\[1\] is Infinity. For a solve that an event ends, take `solveToEvent`/,
      ],
      [[0, -Infinity], /ts\[1\] is -Infinity/],
      [[0, 1, NaN], /ts\[2\] is NaN/],
      [[NaN, 1], /ts\[0\] is NaN/],
      [[0, 1, 1], /`ts` must strictly increase or decrease; ts\[2\] = 1 comes after ts\[1\] = 1/],
      [[0, 1, 0.5], /ts\[2\] = 0.5 comes after ts\[1\] = 1/],
      [[], /`ts` must be output times, the initial one first/],
      [5, /`ts` must be output times/],
    ]
    for (const [ts, message] of refused) {
      assert.throws(() => solveWithPullback(untouched, ts as never, h0()), IvpInputError, message)
      assert.throws(() => solveWithSensitivities(untouched, ts as never, h0()), IvpInputError, message)
    }
  })

  it('of an event that comes at last may be infinite, as the message advises', () => {
    // h = 1 - e^-t reaches 1/2 at log 2
    const half = {
      g: (_t: number, h: Float64Array) => h[0]! - 0.5,
      dh: (_t: number, _h: Float64Array, out: Float64Array) => void out.fill(1),
      dtheta: null,
    }
    const { tEvent, pullback } = solveToEvent(relaxation<Float64Array>(1), [0, Infinity], h0(), half, {
      rtol: 1e-6,
    })
    assert.closeTo(tEvent!, Math.log(2), 1e-4)
    // From h0 it takes log 2 + log (1 - h0)
    assert.closeTo(pullback(h0(), 1).h0[0]!, -1, 1e-4)
  })

  it('end a wait for an event that never comes', () => {
    const swing = {
      nParams: 0,
      f: (_t: number, h: Float64Array, dh: Float64Array) => void dh.set([h[1]!, -h[0]!]),
      vjp: () => {},
    }
    const never = { g: (_t: number, h: Float64Array) => h[0]! - 2, dh: () => {} }
    const { tEvent, result, pullback } = solveToEvent(swing, [0, Infinity], Float64Array.of(1, 0), never, {
      method: 'RK23',
    })
    assert.isNull(tEvent)
    assert.equal(result.failure?.kind, 'maxSteps')
    assert.equal(result.nsteps, 1e6)
    assert.throws(() => pullback(Float64Array.of(1, 0), 0), IvpInputError, 'must occur')
    const few = solveToEvent(swing, [0, Infinity], Float64Array.of(1, 0), never, { maxSteps: 10 })
    assert.equal(few.result.nsteps, 10)
  })
})
