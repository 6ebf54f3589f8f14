/** Certificates of what turns: nothing decays, and a small change of a rate is many radians at the end. */
import { assert, describe, it } from 'vitest'
import { certified, movable, named, withTheta, type Movable } from './movableProblems.ts'

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1)
const IMPLICIT = ['Radau', 'BDF', 'LSODA'] as const
const GRADIENTS = ['backsolve', 'interpolating', 'discrete'] as const

/** x'' = -k g(x) - d x'. */
const swinging =
  (g: (x: number) => number, slope: (x: number) => number) =>
  (k: number, d: number, tEnd: number): Movable => ({
    ts: Array.from({ length: 11 }, (_, i) => (tEnd * i) / 10),
    h0: [1, 0],
    theta: [k, d],
    incoming: [1, 0.5],
    rhs: ([rate = 0, damping = 0]) => ({
      nParams: 2,
      f: (_t, [x, v], dh) => dh.set([v!, -rate * g(x!) - damping * v!]),
      vjp: (_t, [x, v], [a, b], out) => {
        out.dh.set([v!, -rate * g(x!) - damping * v!])
        out.ah.set([-rate * slope(x!) * b!, a! - damping * b!])
        out.atheta.set([-g(x!) * b!, -v! * b!])
      },
    }),
  })
const oscillator = swinging(
  (x) => x,
  () => 1,
)
const pendulum = swinging(Math.sin, Math.cos)

/** h' = A h with eigenvalues -0.1 and 2i, -2i. */
const spiral: Movable = {
  ts: Array.from({ length: 11 }, (_, i) => 2 * i),
  h0: [2, 0],
  theta: [-0.1, 2, -2, -0.1],
  incoming: [1, 0.5],
  rhs: ([a = 0, b = 0, c = 0, d = 0]) => ({
    nParams: 4,
    f: (_t, [x, y], dh) => dh.set([a * x! + b * y!, c * x! + d * y!]),
    vjp: (_t, [x, y], [p, q], out) => {
      out.dh.set([a * x! + b * y!, c * x! + d * y!])
      out.ah.set([a * p! + c * q!, b * p! + d * q!])
      out.atheta.set([x! * p!, y! * p!, x! * q!, y! * q!])
    },
  }),
}

const HARMLESS: ReadonlyArray<readonly [string, Movable]> = [
  ['omega = 2.5', oscillator(2.5 ** 2, 0, 20)],
  ['omega = 3', oscillator(9, 0, 20)],
  ['omega = 3, damped', oscillator(9, 0.1, 20)],
  ['a pendulum', pendulum(9.81, 0, 10)],
  ['a damped pendulum', pendulum(9.81, 0.2, 20)],
  ['a spiral', spiral],
]

describe('a certificate of an oscillation', () => {
  it.each(HARMLESS)('does not judge harmless steps at the edge of stability: %s', (_name, problem) => {
    for (const gradient of GRADIENTS) {
      for (const seed of SEEDS) {
        const { certificate, warnings } = certified(problem, { gradient, certify: { seed } })
        assert.isTrue(certificate!.isTrusted, `${gradient}, seed ${seed}: ${warnings.join(' ')}`)
        // The bound of steps that are taken again; at the edge of stability it is 0.1
        if (gradient === 'discrete') assert.equal(certificate!.bounds.agreement, 0.02)
      }
    }
  })

  it.each(IMPLICIT)('does not refuse a right gradient where a tenth of a rate is radians, %s', (method) => {
    for (const omega of [1, 2.5]) {
      for (const seed of SEEDS) {
        const options = { method, gradient: 'interpolating', certify: { seed } } as const
        const { certificate, warnings } = certified(oscillator(omega ** 2, 0, 20), options)
        assert.isTrue(certificate!.isTrusted, `omega ${omega}, seed ${seed}: ${warnings.join(' ')}`)
      }
    }
    // Further along, it is often not known; false it is never
    const far = [oscillator(9, 0, 20), oscillator(9, 0, 60), pendulum(9.81, 0, 10), pendulum(9.81, 0.2, 10)]
    for (const problem of far) {
      for (const seed of SEEDS) {
        const { certificate, warnings } = certified(problem, {
          method,
          gradient: 'interpolating',
          certify: { seed },
        })
        assert.isNotFalse(certificate!.isTrusted, warnings.join(' '))
      }
    }
  })

  it.each(IMPLICIT)('still refuses half a gradient of the parameters, %s', (method) => {
    const problem = oscillator(1, 0, 20)
    const { ts } = problem
    // At the output times, where it would be seen as such, the product is right
    const half = withTheta(problem, ({ vjp }) => ({
      vjp: (t, h, a, out) => {
        vjp(t, h, a, out)
        if (ts.every((end) => Math.abs(end - t) > 1e-9)) out.atheta.set(out.atheta.map((x) => x / 2))
      },
    }))
    for (const seed of SEEDS) {
      const options = { method, gradient: 'interpolating', certify: { seed } } as const
      const { certificate, warnings } = certified(problem, options, half)
      assert.isFalse(certificate!.isTrusted, `seed ${seed}`)
      assert.match(warnings.at(-1)!, /it differs by/)
    }
  })

  it('does not know where the loss bends, and says so; nothing is replaced', () => {
    const options = { method: 'LSODA', gradient: 'interpolating' } as const
    const { certificate, warnings, h0 } = certified(oscillator(100, 0, 60), options)
    assert.deepInclude(certificate, { isTrusted: null, difference: null })
    assert.match(warnings.at(-1)!, /^Whether the gradient is right is not known: the loss bends too much/)
    assert.deepEqual(h0, certified(oscillator(100, 0, 60), { ...options, certify: false }).h0)
  })

  it('speaks of the steps taken where gradient is discrete, as docs/gradients.md says, not of the solution', () => {
    const vanDerPol: Movable = {
      ...movable(named('van der Pol')),
      ts: [0, 5],
      h0: [2, 0],
      theta: [1],
      incoming: [1, 0],
    }
    const { certificate, theta } = certified(vanDerPol, { gradient: 'discrete' })
    assert.isTrue(certificate!.isTrusted)
    // By 'interpolating' at rtol 1e-10
    const { theta: exact } = certified(vanDerPol, { gradient: 'interpolating', rtol: 1e-10, atol: 1e-12 })
    assert.closeTo(exact[0]!, -1.314, 1e-3)
    assert.isBelow(theta[0]!, -2.5)
    assert.closeTo(
      certified(vanDerPol, { gradient: 'discrete', rtol: 1e-4, atol: 1e-7 }).theta[0]!,
      -1.314,
      1e-3,
    )
  })
})
