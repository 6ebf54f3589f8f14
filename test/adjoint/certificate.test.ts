import { assert, describe, it } from 'vitest'
import { solveWithPullback, type DifferentiableRhs, type PullbackOptions } from '../../src/adjoint/index.ts'
import { IvpInputError, type FloatArray } from '../../src/index.ts'
import { net, start, theta } from './tanhNet.ts'

const TS = [0, 0.7, 1.9, 3]
const INCOMING = TS.map((_, j) => Float64Array.of(Math.sin(j), Math.cos(j), 1))

const smooth = (options: PullbackOptions<Float64Array>) =>
  solveWithPullback(net<Float64Array>(theta), TS, Float64Array.from(start), options).pullback(INCOMING)

/** h' = -k (h - theta sin t), one component as often as `n` says. */
const dissipative = (k: number): DifferentiableRhs<Float64Array> => ({
  nParams: 1,
  f: (t, h, dh) => {
    for (let i = 0; i < h.length; i++) dh[i] = -k * (h[i]! - 0.9 * Math.sin(t))
  },
  vjp: (t, h, a, out) => {
    out.atheta[0] = 0
    for (let i = 0; i < h.length; i++) {
      out.dh[i] = -k * (h[i]! - 0.9 * Math.sin(t))
      out.ah[i] = -k * a[i]!
      out.atheta[0] += k * Math.sin(t) * a[i]!
    }
  },
})

const lost = (k: number, options: PullbackOptions<Float64Array>) =>
  solveWithPullback(dissipative(k), [0, 1], Float64Array.of(0.3, 0.5), { rtol: 1e-6, atol: 1e-8, ...options })
    // A loss that looks at the start too, so that dL/dh0 is not all lost
    .pullback([Float64Array.of(1, 2), Float64Array.of(1, -1)])

describe('certify', () => {
  it.each(['backsolve', 'interpolating', 'discrete'] as const)('trusts %s where it is right', (gradient) => {
    for (const rtol of [1e-3, 1e-6, 1e-9]) {
      const { certificate, warnings } = smooth({ gradient, rtol, atol: rtol * 1e-3, certify: true })
      assert.isTrue(certificate!.isTrusted, JSON.stringify(certificate))
      assert.equal(certificate!.covers, 'h0')
      assert.isBelow(certificate!.difference!, Math.max(1e-4, 20 * rtol))
      assert.closeTo(certificate!.directional, certificate!.finiteDifference!, 0.02)
      assert.deepEqual(warnings, [])
      assert.equal(certificate!.reconstruction === null, gradient !== 'backsolve')
    }
  })

  it('finds a vector-Jacobian product with a wrong sign', () => {
    const right = net<Float64Array>(theta)
    const wrong: DifferentiableRhs<Float64Array> = {
      ...right,
      vjp: (t, h, a, out) => {
        right.vjp(t, h, a, out)
        out.ah[1] = -out.ah[1]!
      },
    }
    for (const gradient of ['backsolve', 'interpolating', 'discrete'] as const) {
      const { pullback } = solveWithPullback(wrong, TS, Float64Array.from(start), {
        gradient,
        rtol: 1e-6,
        certify: true,
      })
      const { certificate, warnings } = pullback(INCOMING)
      assert.isFalse(certificate!.isTrusted)
      assert.match(warnings.at(-1)!, /not to be trusted: `vjp` does not match f: at t = 0 `ah`/)
    }
  })

  it('finds that the state was lost on the way back, and takes the exact gradient of the steps instead on request', () => {
    const k = 14
    const backward = { reconstruction: Infinity }
    const warned = lost(k, { certify: true, backward })
    assert.isAbove(warned.reconstruction!, 1000)
    assert.isFalse(warned.certificate!.isTrusted)
    assert.match(warned.warnings.at(-1)!, /tolerances off \(bound 1000\)/)
    const replaced = lost(k, { certify: { otherwise: 'discrete' }, backward })
    const exact = lost(k, { gradient: 'discrete' })
    assert.deepEqual([replaced.h0, replaced.theta, replaced.ts], [exact.h0, exact.theta, exact.ts])
    assert.isFalse(replaced.certificate!.isTrusted)
    assert.match(replaced.warnings.at(-1)!, /replaced by that of 'discrete'/)
    assert.isTrue(lost(k, { gradient: 'interpolating', certify: true }).certificate!.isTrusted)
  })

  it('measures each component in its own tolerance', () => {
    const { certificate } = lost(14, {
      backward: { atol: Float64Array.of(1e-8, 1e3, 1e-8, 1e-8, 1e-8), reconstruction: Infinity },
      certify: true,
    })
    assert.isAbove(certificate!.reconstruction!, 1000)
  })

  it('also replaces a gradient whose backward solve failed', () => {
    const failed = lost(60, { backward: { maxSteps: 5 }, certify: true })
    assert.equal(failed.failure?.kind, 'maxSteps')
    assert.match(failed.warnings.at(-1)!, /the backward solve failed \(maxSteps\)/)
    const replaced = lost(60, { backward: { maxSteps: 5 }, certify: { otherwise: 'discrete' } })
    assert.isUndefined(replaced.failure)
    assert.isTrue(Number.isFinite(replaced.theta[0]))
  })

  it('keeps to given bounds, and to its direction for a seed', () => {
    const strict = smooth({ rtol: 1e-6, certify: { reconstruction: 1e-9, seed: 5 } })
    assert.isFalse(strict.certificate!.isTrusted)
    assert.equal(strict.certificate!.bounds.reconstruction, 1e-9)
    const again = smooth({ rtol: 1e-6, certify: { seed: 5 } })
    assert.equal(again.certificate!.finiteDifference, strict.certificate!.finiteDifference)
    const other = [1, 2, 3, 4].map(
      (seed) => smooth({ rtol: 1e-6, certify: { seed } }).certificate!.directional,
    )
    assert.isAbove(new Set(other).size, 1)
    assert.isUndefined(smooth({}).certificate)
  })

  it('works in single precision', () => {
    const { pullback } = solveWithPullback(net<Float32Array>(theta), TS, Float32Array.from(start), {
      rtol: 2e-5,
      certify: true,
    })
    assert.isTrue(pullback(INCOMING.map((a) => Float32Array.from(a))).certificate!.isTrusted)
  })

  it('names bad parameters before any evaluation', () => {
    const right = { ...net<Float64Array>(theta), f: () => assert.fail('evaluated') }
    const solve = (rhs: object, options: object): unknown =>
      solveWithPullback({ ...right, ...rhs } as never, TS, Float64Array.from(start), options)
    const withParams = (): unknown => right
    assert.throws(
      () => solve({ withParams }, { certify: true }),
      IvpInputError,
      '`theta` must be the parameters',
    )
    assert.throws(
      () => solve({ withParams, theta: [1] }, { certify: true }),
      IvpInputError,
      'nParams, 12, numbers',
    )
    assert.throws(
      () => solve({ theta, withParams: 1 }, { certify: true }),
      IvpInputError,
      '`withParams` must be',
    )
  })

  it('names bad options before any evaluation', () => {
    const rhs = { ...net<FloatArray>(theta), f: () => assert.fail('evaluated') } as never
    const solve = (options: object): unknown => solveWithPullback(rhs, TS, Float64Array.from(start), options)
    assert.throws(() => solve({ certify: { otherwise: 'magic' } }), IvpInputError, '`certify.otherwise`')
    assert.throws(
      () => solve({ method: 'Radau', certify: { otherwise: 'discrete' } }),
      IvpInputError,
      "`certify.otherwise` must be 'warn' with the implicit method Radau",
    )
  })
})
