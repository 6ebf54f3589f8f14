import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { solveWithPullback, solveWithSensitivities, type DifferentiableRhs } from '../../src/adjoint/index.ts'
import { IvpInputError, solveIvp, type FloatArray } from '../../src/index.ts'
import { affine } from './affine.ts'

/** Two coupled equations with three parameters and time in them. */
const coupled = <V extends FloatArray>([p, q, r]: readonly [
  number,
  number,
  number,
]): DifferentiableRhs<V> => ({
  nParams: 3,
  f: (t, h, dh) => {
    dh[0] = p * h[1]! - h[0]! * h[0]!
    dh[1] = Math.sin(q * h[0]!) + r * Math.cos(t)
  },
  vjp: (t, h, a, out) => {
    const [x, y] = [h[0]!, h[1]!]
    out.dh[0] = p * y - x * x
    out.dh[1] = Math.sin(q * x) + r * Math.cos(t)
    out.ah[0] = -2 * x * a[0]! + q * Math.cos(q * x) * a[1]!
    out.ah[1] = p * a[0]!
    out.atheta[0] = y * a[0]!
    out.atheta[1] = x * Math.cos(q * x) * a[1]!
    out.atheta[2] = Math.cos(t) * a[1]!
  },
})

const TIGHT = { rtol: 1e-10, atol: 1e-12 }
const THETA = [0.8, 1.3, 0.4] as const
const TS = [0, 0.7, 1.5]

describe('solveWithSensitivities', () => {
  it.each(['RK45', 'DOP853', 'Radau', 'BDF', 'LSODA'] as const)('%s meets the closed form', (method) => {
    const [w, b, h0] = [-0.7, 0.4, 1.5]
    const {
      states,
      theta,
      h0: initial,
    } = solveWithSensitivities(affine(w, b), [0, 1, 2.5], Float64Array.of(h0), {
      ...TIGHT,
      method,
    })
    const slack = 1e-6
    ;[0, 1, 2.5].forEach((t, j) => {
      const e = Math.exp(w * t)
      assert.closeTo(states[j]![0]!, e * (h0 + b / w) - b / w, slack)
      assert.closeTo(theta[j]![0]!, t * e * (h0 + b / w) - (e * b) / w ** 2 + b / w ** 2, slack)
      assert.closeTo(theta[j]![1]!, (e - 1) / w, slack)
      assert.closeTo(initial[j]![0]!, e, slack)
    })
  })

  it('agrees with finite differences, backwards in time too, rows being components', () => {
    const h0 = Float64Array.of(0.5, -0.3)
    const end = (theta: readonly [number, number, number], y0: Float64Array, t1: number): Float64Array =>
      solveIvp(coupled<Float64Array>(theta).f as never, [0, t1], y0, { rtol: 1e-12, atol: 1e-13, method: 'DOP853', inPlace: true, save: 'last' }) // prettier-ignore
      .states[0]!
    for (const t1 of [1.5, -0.6]) {
      const found = solveWithSensitivities(coupled(THETA), [0, t1], h0, { ...TIGHT, method: 'DOP853' })
      const step = 1e-5
      const moved = (k: number, by: number): readonly [number, number, number] =>
        THETA.map((value, j) => (j === k ? value + by : value)) as unknown as readonly [
          number,
          number,
          number,
        ]
      for (let k = 0; k < 3; k++) {
        const [up, down] = [end(moved(k, step), h0, t1), end(moved(k, -step), h0, t1)]
        for (let i = 0; i < 2; i++)
          assert.closeTo(found.theta[1]![3 * i + k]!, (up[i]! - down[i]!) / (2 * step), 1e-8)
      }
      for (let k = 0; k < 2; k++) {
        const at = (by: number): Float64Array => end(THETA, h0.map((y, j) => (j === k ? y + by : y)), t1) // prettier-ignore
        const [up, down] = [at(step), at(-step)]
        for (let i = 0; i < 2; i++)
          assert.closeTo(found.h0[1]![2 * i + k]!, (up[i]! - down[i]!) / (2 * step), 1e-8)
      }
    }
  })

  it('is the transpose of the pullback', () => {
    const h0 = Float64Array.of(0.5, -0.3)
    const forward = solveWithSensitivities(coupled(THETA), TS, h0, TIGHT)
    const { pullback } = solveWithPullback(coupled<Float64Array>(THETA), TS, h0, TIGHT)
    const number = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(number, { minLength: 6, maxLength: 6 }), (values) => {
        const incoming = TS.map((_, j) => Float64Array.from(values.slice(2 * j, 2 * j + 2)))
        const back = pullback(incoming)
        const product = (matrices: ReadonlyArray<Float64Array>, m: number, k: number): number =>
          incoming.reduce((sum, a, j) => sum + a[0]! * matrices[j]![k]! + a[1]! * matrices[j]![m + k]!, 0)
        for (let k = 0; k < 3; k++) assert.closeTo(back.theta[k]!, product(forward.theta, 3, k), 1e-7)
        for (let k = 0; k < 2; k++) assert.closeTo(back.h0[k]!, product(forward.h0, 2, k), 1e-7)
      }),
      { seed: 23, numRuns: 30 },
    )
  })

  it("takes the steps of a plain solve with norm 'state', and smaller ones where the sensitivities need them", () => {
    const h0 = Float64Array.of(0.5, -0.3)
    const plain = solveIvp(coupled<Float64Array>(THETA).f as never, [0, 1.5], h0, { rtol: 1e-6, tEval: TS, inPlace: true }) // prettier-ignore
    const state = solveWithSensitivities(coupled(THETA), TS, h0, { rtol: 1e-6, norm: 'state' })
    const blocks = solveWithSensitivities(coupled(THETA), TS, h0, { rtol: 1e-6 })
    assert.deepEqual(state.states, plain.states)
    assert.equal(state.nfev, 2 * plain.nfev)
    assert.isAtLeast(blocks.nfev, state.nfev)
  })

  it('works in single precision, leaves dh/dh0 out on request, and names bad input and failures', () => {
    const single = solveWithSensitivities(coupled<Float32Array>(THETA), TS, Float32Array.of(0.5, -0.3), {
      rtol: 1e-4,
    })
    const double = solveWithSensitivities(coupled<Float64Array>(THETA), TS, Float64Array.of(0.5, -0.3), TIGHT)
    assert.instanceOf(single.theta[1], Float32Array)
    single.theta[2]!.forEach((value, e) => assert.closeTo(value, double.theta[2]![e]!, 1e-3))
    const few = solveWithSensitivities(affine(1, 0), [0, 1], Float64Array.of(1), { initial: false })
    assert.deepEqual(few.h0, [])
    assert.throws(
      () => solveWithSensitivities(affine(1, 0), [0, 1], Float64Array.of(1), { norm: 'all' as never }),
      IvpInputError,
      '`norm`',
    )
    const cut = solveWithSensitivities(affine(1, 0), [0, 100], Float64Array.of(1), { maxSteps: 2 })
    assert.equal(cut.failure?.kind, 'maxSteps')
    assert.equal(cut.states.length, 1)
  })
})
