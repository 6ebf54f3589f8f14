import { assert, describe, it } from 'vitest'
import {
  solveToEvent,
  type DifferentiableEvent,
  type DifferentiableRhs,
  type EventPullbackOptions,
} from '../../src/adjoint/index.ts'
import { IvpInputError } from '../../src/index.ts'

/** A ball under gravity: [height, speed], theta = [g]. */
const ball = (g: number): DifferentiableRhs<Float64Array> => ({
  nParams: 1,
  f: (_t, h, dh) => {
    dh[0] = h[1]!
    dh[1] = -g
  },
  vjp: (_t, h, a, out) => {
    out.dh[0] = h[1]!
    out.dh[1] = -g
    out.ah[0] = 0
    out.ah[1] = a[0]!
    out.atheta[0] = -a[1]!
  },
})
const ground: DifferentiableEvent<Float64Array> = {
  g: (_t, h) => h[0]!,
  dh: (_t, _h, out) => out.set([1, 0]),
  direction: -1,
}

/** A pendulum with friction, theta = [g, c], until it passes a line that moves with time. */
const pendulum = (g: number, c: number): DifferentiableRhs<Float64Array> => ({
  nParams: 2,
  f: (_t, h, dh) => {
    dh[0] = h[1]!
    dh[1] = -g * Math.sin(h[0]!) - c * h[1]!
  },
  vjp: (_t, h, a, out) => {
    out.dh[0] = h[1]!
    out.dh[1] = -g * Math.sin(h[0]!) - c * h[1]!
    out.ah[0] = -g * Math.cos(h[0]!) * a[1]!
    out.ah[1] = a[0]! - c * a[1]!
    out.atheta[0] = -Math.sin(h[0]!) * a[1]!
    out.atheta[1] = -h[1]! * a[1]!
  },
})
const movingLine: DifferentiableEvent<Float64Array> = {
  g: (t, h) => h[0]! + 0.2 * h[1]! ** 2 - 0.3 * t,
  dh: (_t, h, out) => out.set([1, 0.4 * h[1]!]),
  dt: () => -0.3,
}

const TIGHT = { rtol: 1e-10, atol: 1e-12, method: 'DOP853' } as const

describe('solveToEvent', () => {
  it.each(['backsolve', 'interpolating'] as const)(
    'differentiates time and speed of an impact as the closed form says (%s)',
    (gradient) => {
      const [g, y, v] = [9.81, 2, 3]
      // Off the event at the start: falling only
      const { tEvent, hEvent, pullback } = solveToEvent(ball(g), [0, 5], Float64Array.of(y, v), ground, {
        ...TIGHT,
        gradient,
      })
      const root = Math.sqrt(v * v + 2 * g * y)
      assert.closeTo(tEvent!, (v + root) / g, 1e-9)
      assert.closeTo(hEvent![1]!, -root, 1e-9)
      const ofTime = pullback(Float64Array.of(0, 0), 1)
      assert.closeTo(ofTime.h0[0]!, 1 / root, 1e-8)
      assert.closeTo(ofTime.h0[1]!, (1 + v / root) / g, 1e-8)
      assert.closeTo(ofTime.theta[0]!, y / (g * root) - (v + root) / (g * g), 1e-8)
      // The equation does not know the time: starting later delays the impact by as much
      assert.closeTo(ofTime.ts[0]!, 1, 1e-8)
      const ofSpeed = pullback(Float64Array.of(0, 1), 0)
      assert.closeTo(ofSpeed.h0[0]!, -g / root, 1e-8)
      assert.closeTo(ofSpeed.h0[1]!, -v / root, 1e-8)
      assert.closeTo(ofSpeed.theta[0]!, -y / root, 1e-8)
    },
  )

  it('agrees with finite differences for an event that depends on time and the whole state', () => {
    const loss = ([x, v, g, c]: readonly number[], t0: number): number => {
      const { tEvent, hEvent } = solveToEvent(pendulum(g!, c!), [t0, 20], Float64Array.of(x!, v!), movingLine, { ...TIGHT, rtol: 1e-12, atol: 1e-13 }) // prettier-ignore
      return 0.7 * hEvent![0]! - 1.3 * hEvent![1]! + 2 * tEvent!
    }
    const x = [-0.9, 0.2, 1.7, 0.15]
    const { pullback } = solveToEvent(
      pendulum(x[2]!, x[3]!),
      [0.1, 20],
      Float64Array.of(x[0]!, x[1]!),
      movingLine,
      TIGHT,
    )
    const { h0, theta, ts } = pullback(Float64Array.of(0.7, -1.3), 2)
    const e = 2e-5
    x.forEach((_, k) => {
      const moved = (by: number): number => loss(x.map((value, j) => (j === k ? value + by : value)), 0.1) // prettier-ignore
      assert.closeTo([...h0, ...theta][k]!, (moved(e) - moved(-e)) / (2 * e), 1e-6)
    })
    assert.closeTo(ts[0]!, (loss(x, 0.1 + e) - loss(x, 0.1 - e)) / (2 * e), 1e-6)
    assert.isNaN(ts[1])
  })

  it("takes the forward solve's options for those of the backward one that are absent, but not a step of another method", () => {
    const h0 = Float64Array.of(-0.9, 0.2)
    const thetaOf = (options: EventPullbackOptions<Float64Array>): Float64Array =>
      solveToEvent(pendulum(1.7, 0.15), [0, 20], h0, movingLine, options).pullback(Float64Array.of(1, 0), 1)
        .theta
    const exact = thetaOf(TIGHT)
    const forward = { method: 'RK4', step: 0.01, rtol: 1e-9, atol: 1e-11 } as const
    const own = thetaOf({ ...forward, backward: { method: 'RK45', rtol: undefined } })
    own.forEach((value, i) => assert.closeTo(value, exact[i]!, 1e-6))
    assert.deepEqual(thetaOf({ ...forward, backward: { step: undefined } }), thetaOf(forward))
  })

  it('says that an event did not occur, and refuses the discrete gradient', () => {
    const { tEvent, result, pullback } = solveToEvent(ball(9.81), [0, 0.1], Float64Array.of(2, 3), ground)
    assert.isNull(tEvent)
    assert.equal(result.status, 0)
    assert.throws(() => pullback(Float64Array.of(0, 0), 1), IvpInputError, 'must occur in [0, 0.1]')
    const options = { gradient: 'discrete' as never }
    assert.throws(() => solveToEvent(ball(1), [0, 1], Float64Array.of(1, 0), ground, options), IvpInputError, '`gradient`') // prettier-ignore
  })

  it('differentiates an event that depends on the parameters by them too', () => {
    // The line, and with it g, has theta in it: dg/dtheta = [-0.1 t, h1 h1]
    const line = ([p, q]: readonly number[], dtheta: DifferentiableEvent<Float64Array>['dtheta']) => ({
      g: (t: number, h: Float64Array) => h[0]! + q! * h[1]! ** 2 - 0.1 * p! * t,
      dh: (_t: number, h: Float64Array, out: Float64Array) => out.set([1, 2 * q! * h[1]!]),
      dt: () => -0.1 * p!,
      dtheta,
    })
    const at = (t: number, h: Float64Array, out: Float64Array): void => out.set([-0.1 * t, h[1]! ** 2])
    const solve = (
      [p, q]: readonly number[],
      options: EventPullbackOptions<Float64Array>,
      dtheta: DifferentiableEvent<Float64Array>['dtheta'],
    ) => {
      const start = Float64Array.of(-0.9, 0.2)
      return solveToEvent(pendulum(p!, q!), [0.1, 20], start, line([p!, q!], dtheta), options)
    }
    const tight = { ...TIGHT, rtol: 1e-12, atol: 1e-13 }
    const loss = (theta: readonly number[]): number => {
      const { tEvent, hEvent } = solve(theta, tight, null)
      return 0.7 * hEvent![0]! - 1.3 * hEvent![1]! + 2 * tEvent!
    }
    const theta = [1.7, 0.15]
    const e = 2e-5
    const differences = theta.map((_, k) => {
      const moved = (by: number): number => loss(theta.map((value, j) => (j === k ? value + by : value)))
      return (moved(e) - moved(-e)) / (2 * e)
    })
    for (const gradient of ['backsolve', 'interpolating'] as const) {
      const found = solve(theta, { ...TIGHT, gradient }, at).pullback(Float64Array.of(0.7, -1.3), 2)
      found.theta.forEach((value, k) => assert.closeTo(value, differences[k]!, 1e-6))
      assert.deepEqual(found.warnings, [])
      // Without it the gradient is another one, and says so
      const silent = solve(theta, { ...TIGHT, gradient }, undefined)
      const wrong = silent.pullback(Float64Array.of(0.7, -1.3), 2)
      assert.isAbove(Math.abs(wrong.theta[0]! / differences[0]! - 1), 0.1)
      assert.match(
        wrong.warnings.at(-1)!,
        /`event.dtheta` is not given: .* Give dtheta, or dtheta: null to say so/,
      )
    }
  })

  it('names a dtheta that writes what is not finite', () => {
    const broken = { ...ground, dtheta: (_t: number, _h: Float64Array, out: Float64Array): void => void out.fill(NaN) } // prettier-ignore
    const { pullback } = solveToEvent(ball(9.81), [0, 5], Float64Array.of(2, 3), broken)
    assert.throws(() => pullback(Float64Array.of(0, 1), 1), IvpInputError, /event\.dtheta.*component 0/)
  })

  it('says nothing of an event that is said not to depend on the parameters, or where there are none', () => {
    const pulled = (rhs: DifferentiableRhs<Float64Array>, event: DifferentiableEvent<Float64Array>) =>
      solveToEvent(rhs, [0, 5], Float64Array.of(2, 3), event)
        .pullback(Float64Array.of(0, 1), 1)
        .warnings.filter((text) => text.includes('dtheta'))
    assert.lengthOf(pulled(ball(9.81), ground), 1)
    assert.deepEqual(pulled(ball(9.81), { ...ground, dtheta: null }), [])
    const { f, vjp } = ball(9.81)
    const bare = new Float64Array(1)
    const withoutTheta: DifferentiableRhs<Float64Array> = {
      nParams: 0,
      f,
      vjp: (t, h, a, out) => vjp(t, h, a, { ...out, atheta: bare }),
    }
    assert.deepEqual(pulled(withoutTheta, ground), [])
  })
})
