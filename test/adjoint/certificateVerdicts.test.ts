import { assert, describe, it } from 'vitest'
import { solveWithPullback, type PullbackOptions, type VjpOutput } from '../../src/adjoint/index.ts'
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
import { GRADIENT_PROBLEMS } from './problems.ts'

type Options = PullbackOptions<Float64Array>

const verdict = (problem: Movable, options: Options, rhs?: Rhs): unknown => {
  const { certificate, warnings } = certified(problem, options, rhs)
  return certificate!.isTrusted === true ? true : warnings.at(-1)
}
/** Without `theta`: only h0 can be moved. */
const h0Only = ({ rhs, theta }: Movable): Rhs => rhs(theta)

const EXPLICIT = ['RK23', 'RK45', 'DOP853'] as const
const IMPLICIT = ['Radau', 'BDF', 'LSODA'] as const
const CASES = [
  ...EXPLICIT.flatMap((method) =>
    (['backsolve', 'interpolating', 'discrete'] as const).map((gradient) => ({ method, gradient })),
  ),
  ...IMPLICIT.flatMap((method) =>
    (['backsolve', 'interpolating'] as const).map((gradient) => ({ method, gradient })),
  ),
]

describe('a certificate trusts right gradients', () => {
  it.each(CASES)('of nearly nobody infected, $method, $gradient', (options) => {
    for (const rtol of [1e-3, 1e-6]) {
      for (const rhs of [withTheta(sir), h0Only(sir)]) {
        const gradients = certified(sir, { ...options, rtol, atol: 1e-3 * rtol }, rhs)
        const { certificate, warnings, reconstruction = 0 } = gradients
        // Some methods lose the state on the way back
        if (reconstruction > 1000) assert.include(warnings.at(-1), 'tolerances off')
        else assert.isTrue(certificate!.isTrusted, warnings.join(' '))
        assert.isBelow(certificate!.difference!, 0.1)
      }
    }
  })

  it.each(CASES.filter(({ gradient }) => gradient !== 'backsolve'))(
    'of what has forgotten its start, $method, $gradient',
    (options) => {
      for (const rtol of [1e-3, 1e-6]) {
        const short = relaxation(20)
        assert.isTrue(verdict(short, { ...options, rtol }), `${rtol}`)
        // dL/dh0 is e^-20, far below the errors of the solve
        assert.isTrue(verdict(short, { ...options, rtol }, h0Only(short)), `${rtol}, h0`)
      }
    },
  )

  it.each(IMPLICIT)('of rates of 0.04, 3e7 and 1e4, %s', (method) => {
    assert.isTrue(verdict(robertson, { method, gradient: 'interpolating', rtol: 1e-5, atol: 1e-10 }))
  })

  it('by solves that end within the domain of f, where h0 is at its border', () => {
    const root: Movable = {
      ts: [0, 0.3],
      h0: [0.1, 0],
      theta: [1],
      incoming: [1, 1],
      rhs: (theta) => ({
        nParams: 1,
        f: (_t, h, dh) => dh.set([-theta[0]! * Math.sqrt(h[0]!), theta[0]! * h[1]! * Math.sqrt(h[1]!)]),
        vjp: (_t, h, a, out) => {
          out.dh.set([-theta[0]! * Math.sqrt(h[0]!), theta[0]! * h[1]! * Math.sqrt(h[1]!)])
          out.ah.set([
            (-a[0]! * theta[0]!) / 2 / Math.sqrt(h[0]!),
            1.5 * a[1]! * theta[0]! * Math.sqrt(h[1]!),
          ])
          out.atheta[0] = -a[0]! * Math.sqrt(h[0]!) + a[1]! * h[1]! * Math.sqrt(h[1]!)
        },
      }),
    }
    assert.isTrue(verdict(root, { gradient: 'discrete' }))
    // Steps chosen anew need larger moves, also below 0
    const { certificate, warnings } = certified(root, { method: 'Radau', gradient: 'interpolating' })
    assert.deepInclude(certificate, { isTrusted: null, difference: null, finiteDifference: null })
    assert.match(warnings.at(-1)!, /is not known: a solve with h0 or the parameters moved fails/)
  })

  it.each(GRADIENT_PROBLEMS)(
    'of $name in both precisions, and at loose tolerances by discrete',
    (problem) => {
      for (const seed of [1, 2]) {
        const options = { gradient: 'interpolating', certify: { seed } } as const
        assert.isTrue(verdict(movable(problem), options))
        assert.isTrue(verdict(movable(problem), { ...options, gradient: 'discrete', rtol: 0.1, atol: 0.1 }))
        const { ts, h0, theta, rhs } = problem
        const single = {
          ...rhs<Float32Array>(theta),
          theta,
          withParams: (p: Float32Array) => rhs<Float32Array>([...p]),
        }
        const { pullback } = solveWithPullback(single, ts, Float32Array.from(h0), {
          ...options,
          gradient: 'discrete',
        })
        const { certificate } = pullback(
          ts.map((_, j) => Float32Array.from(h0, (_x, i) => Math.cos(1 + 2 * i + 3 * j))),
        )
        assert.isTrue(certificate!.isTrusted, JSON.stringify(certificate))
      }
    },
  )
})

describe('a certificate', () => {
  it('does not take the rounding of f in single precision for a wrong product', () => {
    const rounded = (theta: ArrayLike<number>) => ({
      nParams: 1,
      // The second component of f is 0 but for rounding, as where units of a net are dead
      f: (_t: number, h: Float32Array, dh: Float32Array) => {
        dh[0] = theta[0]! * h[0]!
        dh[1] = Math.fround(Math.fround(1000 + h[0]!) - 1000) - h[0]!
      },
    })
    const rhs = {
      ...rounded([-0.5]),
      theta: [-0.5],
      withParams: rounded,
      vjp: (t: number, h: Float32Array, a: Float32Array, out: VjpOutput<Float32Array>) => {
        rounded([-0.5]).f(t, h, out.dh)
        out.ah.set([-0.5 * a[0]!, 0])
        out.atheta[0] = h[0]! * a[0]!
      },
    }
    for (const seed of [1, 2, 3, 4]) {
      const { pullback } = solveWithPullback(rhs, [0, 0.5, 1], Float32Array.of(0.7123, 0), {
        gradient: 'interpolating',
        certify: { seed },
      })
      const { certificate, warnings } = pullback([0, 0, 1].map((x) => Float32Array.of(x, 0)))
      assert.isTrue(certificate!.isTrusted, warnings.join(' '))
    }
  })

  it.each(CASES)(
    'finds a gradient of the parameters that is zero or wrong, $method, $gradient',
    (options) => {
      for (const problem of GRADIENT_PROBLEMS) {
        const zero = withTheta(
          movable(problem),
          spoilt(({ atheta }) => atheta.fill(0)),
        )
        const { certificate } = certified(movable(problem), options, zero)
        assert.isFalse(certificate!.isTrusted, problem.name)
        assert.equal(certificate!.covers, 'h0 and parameters')
        const half = withTheta(
          movable(problem),
          spoilt(({ atheta }) => (atheta[0] = atheta[0]! / 2)),
        )
        assert.isFalse(certified(movable(problem), options, half).certificate!.isTrusted, problem.name)
      }
    },
  )

  it('finds a parameter gradient that is zero, beside an h0 that matters a thousand times more', () => {
    const slow: Movable = { ...relaxation(1), h0: [2], theta: [1e-3, 0] }
    const zero = withTheta(
      slow,
      spoilt(({ atheta }) => atheta.fill(0)),
    )
    for (const gradient of ['backsolve', 'interpolating', 'discrete'] as const) {
      assert.isTrue(verdict(slow, { gradient }))
      assert.isFalse(certified(slow, { gradient }, zero).certificate!.isTrusted)
    }
  })

  it('covers h0 alone where the right-hand side does not bring its parameters', () => {
    const zero = { ...h0Only(sir), ...spoilt(({ atheta }) => atheta.fill(0))(h0Only(sir)) }
    const { certificate } = certified(sir, { gradient: 'discrete' }, zero)
    assert.deepInclude(certificate, { covers: 'h0', isTrusted: true })
    const { theta: _, ...noTheta } = withTheta(sir)
    assert.throws(() => certified(sir, { gradient: 'discrete' }, noTheta), '`theta` must be the parameters')
  })

  it('distrusts discrete where steps at the edge of stability make much of what the ODE forgets', () => {
    const logistic = movable({ ...named('logistic'), ts: [0, 1000], h0: [0.1], theta: [1, 1] })
    for (const problem of [logistic, { ...robertson, ts: [0, 40] }]) {
      const { certificate } = certified(problem, { gradient: 'discrete', atol: 1e-9 })
      assert.isFalse(certificate!.isTrusted, JSON.stringify(certificate))
    }
  })

  it('does not take a gradient that overflows for a right one', () => {
    const huge = withTheta(sir, ({ vjp }) => ({
      vjp: (t, h, a, out) => {
        vjp(t, h, a, out)
        // Not at the output times, where it would be seen
        if (t > 10 && t < 30) out.atheta[0] = 1e200
      },
    }))
    const { certificate } = certified(sir, { gradient: 'discrete' }, huge)
    assert.isFalse(certificate!.isTrusted)
  })

  it.each([
    { name: 'explicit', options: { rtol: 1e-6 }, most: 2 },
    { name: 'equal steps', options: { method: 'RK4', step: 0.05 }, most: 2 },
    { name: 'implicit', options: { method: 'BDF', rtol: 1e-6 }, most: 2.2 },
  ] as const)('takes at most two forward solves, $name', ({ options, most }) => {
    const problem = movable(named('FitzHugh-Nagumo'))
    let nfev = 0
    const counting = ({ f, vjp, ...rest }: Rhs): Rhs => ({
      ...rest,
      vjp,
      f: (t, h, dh) => {
        nfev++
        f(t, h, dh)
      },
    })
    const { rhs, theta, ts, h0, incoming } = problem
    const solve = (certify: boolean, isMovable: boolean): number => {
      nfev = 0
      const own = counting(rhs(theta))
      const all = isMovable ? { ...own, theta, withParams: (p: Float64Array) => counting(rhs(p)) } : own
      const { pullback } = solveWithPullback(all, ts, Float64Array.from(h0), {
        ...options,
        gradient: 'interpolating',
        certify,
      })
      const before = nfev
      pullback(ts.map(() => Float64Array.from(incoming)))
      return certify ? nfev : before
    }
    const forward = solve(false, true)
    const checks = 3 * 5 + 2 + ts.length
    assert.isAtMost(solve(true, true) - forward, most * forward + checks)
    // With an implicit method, h0 and parameters move at once
    const alone = 'method' in options && options.method === 'BDF' ? most : 1
    assert.isAtMost(solve(true, false) - forward, alone * forward + checks)
  })
})
