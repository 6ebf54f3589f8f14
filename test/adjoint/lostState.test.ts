import { assert, describe, it } from 'vitest'
import {
  backsolve,
  solveToEvent,
  solveWithPullback,
  type DifferentiableRhs,
  type Gradients,
  type PullbackOptions,
} from '../../src/adjoint/index.ts'
import { IvpInputError, type FloatArray } from '../../src/index.ts'
import { GRADIENT_PROBLEMS } from './problems.ts'
import { logistic, relaxation, robertson } from './relaxation.ts'

/** Gradients of the sum of the components of h(T). */
function pull<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  T: number,
  h0: V,
  options: PullbackOptions<V>,
): Gradients<V> {
  return solveWithPullback(rhs, [0, T], h0, options).pullback([h0.map(() => 0) as V, h0.map(() => 1) as V])
}
const zero = (): Float64Array => Float64Array.of(0)

describe('a state that cannot be solved backwards', () => {
  it.each(['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA'] as const)(
    'is noticed and its gradient replaced: relaxation over 20, 100 and 1000 time constants, %s',
    (method) => {
      for (const T of [20, 100, 1000]) {
        const double = pull(relaxation<Float64Array>(1), T, zero(), { method })
        const single = pull(relaxation<Float32Array>(1), T, Float32Array.of(0), { method })
        for (const { theta, h0, failure, replacedBy, warnings, nfev, reconstruction } of [double, single]) {
          assert.isUndefined(failure)
          // dL/dtheta is 1 - e^-T, dL/dh0 is e^-T
          assert.closeTo(theta[0]!, 1, 1e-2)
          assert.closeTo(h0[0]!, 0, 1e-2)
          assert.equal(replacedBy, 'interpolating')
          assert.isUndefined(reconstruction)
          assert.match(warnings.at(-1)!, /The state solved backwards .* was replaced by 'interpolating'/)
          assert.isBelow(nfev, 5000)
        }
      }
    },
  )

  it('is replaced by the very numbers of the other gradient, which asked for takes fewer products', () => {
    for (const otherwise of ['interpolating', 'discrete'] as const) {
      const replaced = pull(relaxation<Float64Array>(1), 30, zero(), { backward: { otherwise } })
      const direct = pull(relaxation<Float64Array>(1), 30, zero(), { gradient: otherwise })
      assert.equal(replaced.replacedBy, otherwise)
      const numbers = ({ h0, theta, ts }: Gradients<Float64Array>): number[] => [...h0, ...theta, ...ts]
      assert.deepEqual(numbers(replaced), numbers(direct))
      assert.include(replaced.warnings.at(-1)!, `Give gradient: '${otherwise}' to save the first attempt.`)
      assert.isBelow(direct.nfev, replaced.nfev)
      assert.isUndefined(direct.replacedBy)
      assert.notInclude(direct.warnings.join(), 'replaced')
    }
  })

  it('is noticed at the first output where it is off, in both directions of time, with equal steps, a quadrature and checkpoints', () => {
    const times = [0, 12.5, 25, 37.5, 50]
    const solve = (options: PullbackOptions<Float64Array>, sign = 1): Gradients<Float64Array> =>
      solveWithPullback(relaxation<Float64Array>(sign), times.map((t) => sign * t), zero(), options) // prettier-ignore
        .pullback(times.map((_, j) => Float64Array.of(j === 0 ? 0 : 1)))
    for (const [options, sign] of [
      [{}, 1],
      [{}, -1],
      [{ method: 'Euler', step: 0.1 }, 1],
      [{ backward: { parameters: 'quadrature' } }, 1],
      [{ backward: { rtol: 1e-4, atol: [1e-6, 1e-6, 1e-6] } }, 1],
      [{ checkpoints: 3, backward: { otherwise: 'discrete' } }, 1],
    ] as const) {
      const { theta, replacedBy, failure } = solve(options, sign)
      assert.isUndefined(failure)
      assert.closeTo(theta[0]!, 4, 0.02)
      assert.isDefined(replacedBy, JSON.stringify(options))
      const failed = solve({ ...options, backward: { ...('backward' in options ? options.backward : {}), otherwise: 'fail' } }, sign) // prettier-ignore
      // Between fixed points Euler's steps undo each other, but not on the way from h = 0
      assert.isAtLeast(Math.abs(failed.failure!.t), 'step' in options ? 0 : 37.5 - 1e-9)
    }
  })

  it('is found again from outputs that are close enough together', () => {
    const times = Float64Array.from({ length: 41 }, (_, j) => 2.5 * j)
    const { pullback } = solveWithPullback(relaxation<Float64Array>(1), times, zero(), {
      rtol: 1e-6,
      atol: 1e-9,
    })
    const { replacedBy, theta, reconstruction } = pullback(Array.from(times, () => Float64Array.of(1)))
    assert.isUndefined(replacedBy)
    assert.isBelow(reconstruction!, 100)
    // The sum of 1 - e^-t over the outputs
    assert.closeTo(theta[0]!, 40 - 1 / (Math.exp(2.5) - 1), 1e-3)
  })

  it("fails by name with otherwise: 'fail', and following the advice helps", () => {
    const { failure, reconstruction } = pull(relaxation<Float64Array>(1), 12, zero(), { backward: { otherwise: 'fail' } }) // prettier-ignore
    assert.equal(failure?.kind, 'lostState')
    assert.isAbove(reconstruction!, 100)
    assert.match(
      failure!.advice,
      /tolerances off \(bound 100\): .* give gradient 'interpolating' or 'discrete'/,
    )
    const runaway = pull(relaxation<Float64Array>(1), 100, zero(), {
      backward: { otherwise: 'fail' },
    }).failure
    assert.match(runaway!.advice, /grows without bound: .* give gradient 'interpolating' or 'discrete'/)
    for (const gradient of ['interpolating', 'discrete'] as const) {
      for (const T of [12, 100]) {
        const helped = pull(relaxation<Float64Array>(1), T, zero(), { gradient })
        assert.isUndefined(helped.failure)
        assert.closeTo(helped.theta[0]!, 1, 1e-2)
      }
    }
    const alone = backsolve(
      relaxation<Float64Array>(1),
      [0, 100],
      [zero(), Float64Array.of(1)],
      [zero(), Float64Array.of(1)],
    )
    assert.equal(alone.failure?.kind, 'lostState')
  })

  it('passes with reconstruction: Infinity, and is measured all the same', () => {
    const { failure, replacedBy, reconstruction } = pull(relaxation<Float64Array>(1), 12, zero(), {
      backward: { reconstruction: Infinity },
    })
    assert.isUndefined(failure)
    assert.isUndefined(replacedBy)
    assert.isAbove(reconstruction!, 100)
    const strict = pull(relaxation<Float64Array>(1), 1, zero(), { backward: { reconstruction: 0 } })
    assert.equal(strict.replacedBy, 'interpolating')
  })

  it('that runs off in finite time, is stiff, or is held at a limit gives the right gradient too', () => {
    // Backwards from above its limit logistic growth comes from infinity, and from below from 0: bounded, and wrong
    const growth = pull(logistic, 30, Float64Array.of(0.1), {})
    assert.isDefined(growth.replacedBy)
    assert.closeTo(growth.theta[0]!, 0, 1e-2)
    assert.closeTo(growth.theta[1]!, 1, 1e-2)
    const tight = { method: 'Radau', rtol: 1e-8, atol: 1e-12, gradient: 'interpolating' } as const
    const loss = [new Float64Array(3), Float64Array.of(0, 0, 1)]
    const solve = (options: PullbackOptions<Float64Array>): Gradients<Float64Array> =>
      solveWithPullback(robertson, [0, 40], Float64Array.of(1, 0, 0), options).pullback(loss)
    const exact = solve(tight)
    for (const method of ['Radau', 'BDF', 'LSODA'] as const) {
      const { theta, replacedBy } = solve({ method, rtol: 1e-6, atol: 1e-11 })
      assert.equal(replacedBy, 'interpolating', method)
      theta.forEach((value, k) => assert.closeTo(value / exact.theta[k]!, 1, 5e-3, method))
    }
  })

  it.each(GRADIENT_PROBLEMS)('is not suspected where it is found again: $name', ({ rhs, theta, ts, h0 }) => {
    const incoming = ts.map((_, j) => Float64Array.from(h0, (_v, i) => Math.cos(j + 2 * i)))
    for (const rtol of [1e-4, 1e-6, 1e-8]) {
      const solve = solveWithPullback(rhs<Float64Array>(theta), ts, Float64Array.from(h0), {
        rtol,
        atol: 1e-3 * rtol,
      })
      const { replacedBy, warnings } = solve.pullback(incoming)
      assert.isUndefined(replacedBy)
      assert.deepEqual(warnings, [])
    }
  })

  it('of an event is noticed likewise', () => {
    const rhs = relaxation<Float64Array>(1)
    const event = {
      g: (t: number) => t - 30,
      dh: (_t: number, _h: Float64Array, out: Float64Array) => void out.fill(0),
      dt: () => 1,
      dtheta: null,
    }
    const solve = (options: object): Gradients<Float64Array> =>
      solveToEvent(rhs, [0, 40], zero(), event, options).pullback(Float64Array.of(1), 0)
    const { theta, replacedBy, warnings } = solve({})
    assert.equal(replacedBy, 'interpolating')
    assert.closeTo(theta[0]!, 1, 1e-2)
    assert.lengthOf(warnings, 1)
    assert.equal(solve({ backward: { otherwise: 'fail' } }).failure?.kind, 'lostState')
    assert.throws(() => solve({ backward: { otherwise: 'discrete' } }), IvpInputError, "must be 'interpolating' or 'fail'") // prettier-ignore
  })
})

describe('backward.otherwise', () => {
  const solve = (options: PullbackOptions<Float64Array>): Gradients<Float64Array> =>
    pull({ ...relaxation(1), f: () => assert.fail('evaluated') }, 1, zero(), options)

  it('is checked before anything is solved', () => {
    assert.throws(
      () => solve({ backward: { otherwise: 'autodiff' as never } }),
      IvpInputError,
      "`backward.otherwise` must be 'interpolating', 'discrete' or 'fail'; received 'autodiff'.",
    )
    assert.throws(
      () => solve({ method: 'BDF', backward: { otherwise: 'discrete' } }),
      IvpInputError,
      "`backward.otherwise` must be 'interpolating' or 'fail' with the implicit method BDF",
    )
    assert.throws(() => solve({ backward: { reconstruction: -1 } }), IvpInputError, '`backward.reconstruction`') // prettier-ignore
  })

  it('says where it has no effect', () => {
    for (const gradient of ['interpolating', 'discrete'] as const) {
      const { warnings } = pull(relaxation<Float64Array>(1), 1, zero(), { gradient, backward: { otherwise: 'fail' } }) // prettier-ignore
      assert.deepEqual(
        warnings.map((text) => text.split(',')[0]),
        [`\`backward.otherwise\` has no effect on gradient '${gradient}'`],
      )
    }
  })

  it('passes an aborted backward solve through', () => {
    const abort = new AbortController()
    const { pullback } = solveWithPullback(relaxation<Float64Array>(1), [0, 1], zero(), {
      backward: { signal: abort.signal },
    })
    abort.abort()
    const { failure, replacedBy } = pullback([zero(), Float64Array.of(1)])
    assert.equal(failure?.kind, 'aborted')
    assert.isUndefined(replacedBy)
  })
})
