import { assert, describe, it } from 'vitest'
import type { PullbackOptions } from '../../src/adjoint/index.ts'
import {
  certified,
  movable,
  named,
  relaxation,
  robertson,
  sir,
  spoilt,
  withTheta,
  type Movable,
  type Rhs,
} from './movableProblems.ts'

type Options = PullbackOptions<Float64Array>

const GRADIENTS = ['backsolve', 'interpolating', 'discrete'] as const
const IMPLICIT = /Use an implicit method \(Radau, BDF, LSODA\) with gradient 'interpolating'\.$/

/** Leaves a gradient by 'backsolve' as it is, however far the state came from the stored one. */
const kept = { backward: { reconstruction: Infinity } }

/** h' = -14 (h - theta sin t): solved backwards, errors grow by e^14. */
const dissipative: Movable = {
  ts: [0, 1],
  h0: [0.3],
  theta: [0.9],
  incoming: [1],
  rhs: (theta) => ({
    nParams: 1,
    f: (t, h, dh) => dh.set([-14 * (h[0]! - theta[0]! * Math.sin(t))]),
    vjp: (t, h, a, out) => {
      out.dh[0] = -14 * (h[0]! - theta[0]! * Math.sin(t))
      out.ah[0] = -14 * a[0]!
      out.atheta[0] = 14 * Math.sin(t) * a[0]!
    },
  }),
}

const says = (problem: Movable, options: Options, expected: RegExp, rhs?: Rhs): void => {
  const { certificate, warnings } = certified(problem, options, rhs)
  assert.isFalse(certificate!.isTrusted, JSON.stringify(certificate))
  assert.match(warnings.at(-1)!, expected)
}
const isTrusted = (problem: Movable, options: Options, rhs?: Rhs): void => {
  const { certificate, warnings } = certified(problem, options, rhs)
  assert.isTrue(certificate!.isTrusted, `${JSON.stringify(certificate)} ${warnings.join(' ')}`)
}

describe('advice of a certificate helps', () => {
  it.each(['RK45', 'Radau', 'BDF'] as const)('a state lost on the way back, %s', (method) => {
    const options = { method, rtol: 1e-6, atol: 1e-8 }
    says(
      dissipative,
      { ...options, ...kept },
      /tolerances off \(bound 1000\)\. Use gradient 'interpolating'\.$/,
    )
    isTrusted(dissipative, { ...options, gradient: 'interpolating' })
  })

  it('a backward solve that failed', () => {
    const options = { backward: { maxSteps: 4, otherwise: 'fail' } } as const
    says(dissipative, options, /the backward solve failed \(maxSteps\)\. Use gradient 'interpolating'\.$/)
    isTrusted(dissipative, { gradient: 'interpolating' })
  })

  it.each(['Radau', 'BDF', 'LSODA'] as const)(
    'a stiff problem by an explicit method, cured by %s',
    (method) => {
      const long = relaxation(300)
      says(long, kept, IMPLICIT)
      says(robertson, { gradient: 'discrete', atol: 1e-9 }, IMPLICIT)
      for (const problem of [long, robertson]) {
        isTrusted(problem, { method, gradient: 'interpolating', rtol: 1e-5, atol: 1e-9 })
      }
    },
  )

  it.each(GRADIENTS)('a product that does not match f, %s', (gradient) => {
    const zero = withTheta(
      sir,
      spoilt(({ atheta }) => atheta.fill(0)),
    )
    says(sir, { gradient }, /`vjp` does not match f: at t = 0 `atheta` .* Mend `atheta` \(on tensors/, zero)
    const turned = withTheta(
      sir,
      spoilt(({ ah }) => (ah[1] = -ah[1]!)),
    )
    says(sir, { gradient }, /`vjp` does not match f: at t = 0 `ah` .* Mend `ah`/, turned)
    isTrusted(sir, { gradient, rtol: 1e-6 })
  })

  it('a product that does not match f is not replaced by another gradient with the same product', () => {
    const zero = withTheta(
      sir,
      spoilt(({ atheta }) => atheta.fill(0)),
    )
    const { warnings } = certified(sir, { ...kept, certify: { otherwise: 'discrete' } }, zero)
    assert.match(warnings.at(-1)!, /Mend `atheta`/)
    assert.notMatch(warnings.join(' '), /replaced/)
  })

  it('loose tolerances', () => {
    const rigid = movable(named('rigid body'))
    const loose = { gradient: 'interpolating', rtol: 0.1, atol: 0.1 } as const
    says(rigid, loose, /it differs by .*\. Use smaller `rtol` and `atol`\.$/)
    isTrusted(rigid, { ...loose, rtol: 1e-4, atol: 1e-4 })
  })

  it.each(['backsolve', 'interpolating'] as const)(
    'default tolerances that are loose, by %s, not cured by a discrete gradient that is further off',
    (gradient) => {
      const vanDerPol = {
        ...movable(named('van der Pol')),
        ts: [0, 5],
        h0: [2, 0],
        theta: [1],
        incoming: [1, 0],
      }
      const exact = -1.314
      const off = (options: Options): number => Math.abs(certified(vanDerPol, options).theta[0]! - exact)
      says(vanDerPol, { gradient }, /it differs by .*\. Use smaller `rtol` and `atol`\.$/)
      const tighter = { gradient, rtol: 1e-4, atol: 1e-7 } as const
      isTrusted(vanDerPol, tighter)
      assert.isBelow(off(tighter), 1e-3)
      assert.isAbove(off({ gradient }), 0.05)
      assert.isAbove(off({ gradient: 'discrete' }), 1)
    },
  )

  it('loose tolerances of an implicit method', () => {
    const lorenz = movable(named('Lorenz'))
    const loose = { method: 'BDF', gradient: 'backsolve', rtol: 0.1, atol: 0.1 } as const
    says(lorenz, { ...loose, ...kept }, /it differs by .* Use smaller `rtol` and `atol`\.$/)
    isTrusted(lorenz, { ...loose, rtol: 1e-5, atol: 1e-5 })
  })

  it('long equal steps', () => {
    const rigid = movable(named('rigid body'))
    const coarse = { method: 'Euler', step: 0.5, gradient: 'interpolating' } as const
    says(rigid, coarse, /it differs by .*\. Use a smaller `step`\.$/)
    isTrusted(rigid, { ...coarse, step: 0.01 })
  })

  it('a product that is wrong between the output times only, by discrete', () => {
    const logistic = movable(named('logistic'))
    const between = withTheta(
      { ...logistic, ts: [0, 4] },
      spoilt(({ ah }, h) => {
        if (h[0]! > 0.4 && h[0]! < 1.2) ah[0] = 0
      }),
    )
    const options = { gradient: 'discrete', rtol: 1e-6 } as const
    says(
      { ...logistic, ts: [0, 4] },
      options,
      /exact for the steps taken if `vjp` is: compare `vjp`/,
      between,
    )
    isTrusted({ ...logistic, ts: [0, 4] }, options)
  })

  it('parameters that are not those of f', () => {
    const stale = withTheta(sir, () => ({ theta: [0.4, 0.1] }))
    const { certificate, warnings } = certified(sir, { gradient: 'discrete' }, stale)
    assert.isNull(certificate!.isTrusted)
    assert.match(warnings.at(-1)!, /not known: .*another f.* Give as `theta` the parameters at which f/)
    isTrusted(sir, { gradient: 'discrete' })
  })

  it.each(GRADIENTS)('never tells %s to use itself', (gradient) => {
    const bad: [Movable, Options, Rhs?][] = [
      [robertson, { atol: 1e-9, backward: gradient === 'discrete' ? {} : { maxSteps: 500 } }],
      [movable(named('Lorenz')), { rtol: 0.1, atol: 0.1 }],
      [
        sir,
        {},
        withTheta(
          sir,
          spoilt(({ atheta }) => atheta.fill(0)),
        ),
      ],
      [movable(named('rigid body')), { method: 'Euler', step: 0.5 }],
    ]
    for (const [problem, options, rhs] of bad) {
      const { warnings } = certified(problem, { ...options, gradient }, rhs)
      // With another method is another thing
      const advice = warnings.join(' ').replace(IMPLICIT, '')
      assert.notInclude(advice, `Use gradient '${gradient}'`)
    }
  })
})
