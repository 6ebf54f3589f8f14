import { assert, describe, it } from 'vitest'
import {
  solveWithPullback,
  solveWithSensitivities,
  type DifferentiableRhs,
  type PullbackOptions,
} from '../../src/adjoint/index.ts'
import { IvpInputError } from '../../src/index.ts'
import { n, net, p, start, theta } from './tanhNet.ts'

const TS = [0, 0.7, 1.9]
const INCOMING = TS.map((_, j) => Float64Array.of(Math.sin(j), Math.cos(j), 1))
const solve = (options: PullbackOptions<Float64Array>) =>
  solveWithPullback(net<Float64Array>(theta), TS, Float64Array.from(start), options)

/** Refused before any evaluation: option and message. */
function refusal(options: PullbackOptions<Float64Array>): { option: string; message: string } {
  const rhs = { ...net<Float64Array>(theta), f: () => assert.fail('evaluated') }
  try {
    solveWithPullback(rhs, TS, Float64Array.from(start), options)
  } catch (error) {
    assert.instanceOf(error, IvpInputError)
    return { option: error.option, message: error.message }
  }
  return assert.fail('accepted')
}

const each = (length: number, value: number): number[] => Array.from({ length }, () => value)
const SIZES = { backsolve: 2 * n + p, interpolating: n + p }
const STATES = { backsolve: '[h, a, parameters]', interpolating: '[a, parameters]' }

describe.each(['backsolve', 'interpolating'] as const)(
  'tolerances for each component, with %s',
  (gradient) => {
    const size = SIZES[gradient]

    it.each(['rtol', 'atol'] as const)('a forward %s asks for a backward one, by name', (name) => {
      const { option, message } = refusal({ gradient, [name]: each(n, 1e-6) })
      assert.equal(option, `backward.${name}`)
      assert.include(message, `must be given where \`${name}\` has one for each component of h`)
      assert.include(message, `a number >= 0, or ${size} of them for ${STATES[gradient]}`)
    })

    it.each(['rtol', 'atol'] as const)('a backward %s that does not fit is refused by name', (name) => {
      for (const wrong of [each(n, 1e-6), each(size + 1, 1e-6), -1, [...each(size - 1, 1e-6), NaN]]) {
        const { option, message } = refusal({ gradient, backward: { [name]: wrong } })
        assert.equal(option, `backward.${name}`)
        assert.include(message, `${size} of them for ${STATES[gradient]}`)
      }
    })

    it('a forward one that does not fit forwards is named as such', () => {
      assert.equal(refusal({ gradient, rtol: each(n + 1, 1e-6) }).option, 'rtol')
      assert.equal(refusal({ gradient, atol: -1 }).option, 'atol')
    })

    it('equal ones for each component give the gradient of single numbers', () => {
      const numbers = { rtol: 1e-6, atol: 1e-8 }
      const single = solve({ gradient, ...numbers }).pullback(INCOMING)
      const forward = { gradient, rtol: each(n, 1e-6), atol: each(n, 1e-8) }
      const mixed = solve({ ...forward, backward: numbers }).pullback(INCOMING)
      const backward = { rtol: each(size, 1e-6), atol: each(size, 1e-8) }
      const vectors = solve({ ...forward, backward }).pullback(INCOMING)
      for (const g of [mixed, vectors]) {
        assert.deepEqual([g.h0, g.theta, g.ts, g.nfev], [single.h0, single.theta, single.ts, single.nfev])
      }
    })

    it('a component of the adjoint with a tolerance of its own steers the backward solve', () => {
      const loose = each(size, 1e-3)
      const tight = loose.map((value, i) => (i === size - p - 1 ? 1e-9 : value))
      const count = (atol: number[]): number =>
        solve({ gradient, atol: 1e-6, backward: { rtol: 0, atol } }).pullback(INCOMING).nfev
      assert.isAbove(count(tight), 2 * count(loose))
    })
  },
)

it("gradient 'discrete' takes forward tolerances for each component as they are", () => {
  const single = solve({ gradient: 'discrete', rtol: 1e-5, atol: 1e-7 }).pullback(INCOMING)
  const vectors = solve({ gradient: 'discrete', rtol: each(n, 1e-5), atol: each(n, 1e-7) }).pullback(INCOMING)
  assert.deepEqual(vectors, single)
})

describe('solveWithSensitivities with tolerances for each component', () => {
  const sensitivities = (options: object) =>
    solveWithSensitivities(net<Float64Array>(theta), TS, Float64Array.from(start), options)

  it('takes equal ones like single numbers', () => {
    const single = sensitivities({ rtol: 1e-6, atol: 1e-8 })
    const vectors = sensitivities({ rtol: each(n, 1e-6), atol: each(n, 1e-8) })
    assert.deepEqual(vectors, single)
  })

  it("takes a component's for its derivatives too, and for no others", () => {
    // h' = [3 sin x, 0]: h stays at 0 without error, dx/dx0 = exp(3 t) does not, and dy/dy0 = 1
    const rhs: DifferentiableRhs<Float64Array> = {
      nParams: 0,
      f: (_t, h, dh) => dh.set([3 * Math.sin(h[0]!), 0]),
      vjp: (_t, h, a, out) => {
        out.dh.set([3 * Math.sin(h[0]!), 0])
        out.ah.set([3 * Math.cos(h[0]!) * a[0]!, 0])
      },
    }
    const count = (atol: number[]): number =>
      solveWithSensitivities(rhs, [0, 1], Float64Array.of(0, 0), { rtol: 0, atol }).nfev
    const loose = count([1e-3, 1e-3])
    assert.equal(count([1e-3, 1e-10]), loose)
    assert.isAbove(count([1e-10, 1e-3]), 3 * loose)
  })
})
