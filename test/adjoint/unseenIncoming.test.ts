import { assert, describe, it } from 'vitest'
import {
  solveToEvent,
  solveWithPullback,
  type DifferentiableRhs,
  type Gradients,
  type PullbackOptions,
} from '../../src/adjoint/index.ts'

type F = Float64Array

/** Two compartments: a dose is absorbed at the rate k0 and leaves at the rate k1. */
const [k0, k1] = [1.2, 0.3]
const drug: DifferentiableRhs<F> = {
  nParams: 2,
  f: (_t, h, dh) => {
    dh[0] = -k0 * h[0]!
    dh[1] = k0 * h[0]! - k1 * h[1]!
  },
  vjp: (t, h, a, out) => {
    drug.f(t, h, out.dh)
    out.ah[0] = k0 * (a[1]! - a[0]!)
    out.ah[1] = -k1 * a[1]!
    out.atheta[0] = h[0]! * (a[1]! - a[0]!)
    out.atheta[1] = -h[1]! * a[1]!
  },
}
const T = 24
const ts = Array.from({ length: 21 }, (_, j) => (j * T) / 20)
const ofDrug = (scale: number, options: PullbackOptions<F>, h0 = [1, 0]): Gradients<F> =>
  solveWithPullback(drug, ts, Float64Array.from(h0), options).pullback(
    ts.map(() => Float64Array.of(0, scale)),
  )
const below = (texts: ReadonlyArray<string>): string[] => texts.filter((text) => text.includes('atol'))

/** h' = -h cos^2(8 t), whose adjoint is not smooth enough for one step. */
const pulsed: DifferentiableRhs<F> = {
  nParams: 0,
  f: (t, h, dh) => void (dh[0] = -h[0]! * Math.cos(8 * t) ** 2),
  vjp: (t, h, a, out) => {
    pulsed.f(t, h, out.dh)
    out.ah[0] = -a[0]! * Math.cos(8 * t) ** 2
  },
}
/** The share by which dL/dh0 is off, for L = scale h(3). */
const ofPulsed = (scale: number, options: PullbackOptions<F>): { off: number; warnings: string[] } => {
  const { h0, warnings } = solveWithPullback(pulsed, [0, 3], Float64Array.of(1), options).pullback([
    Float64Array.of(0),
    Float64Array.of(scale),
  ])
  const exact = Math.exp(-(3 / 2 + Math.sin(48) / 32))
  return { off: Math.abs(h0[0]! / scale / exact - 1), warnings: below(warnings) }
}

describe.each(['backsolve', 'interpolating'] as const)('%s', (gradient) => {
  it('said of every segment of a drug model that its backward state is below `atol`, in 21 warnings', () => {
    assert.deepEqual(below(ofDrug(1, { gradient }).warnings), [])
    // At rest, and from no dose at all
    assert.deepEqual(below(ofDrug(1, { gradient }, [0, 0]).warnings), [])
    assert.deepEqual(below(ofDrug(1, { gradient }, [1e-9, 0]).warnings), [])
  })

  it('says once that the incoming gradients themselves are below `backward.atol`, with their component', () => {
    const [warning, ...more] = below(ofDrug(1e-9, { gradient }).warnings)
    assert.deepEqual(more, [])
    assert.match(
      warning!,
      /^`incoming` is below `backward.atol` at every .* \(component 1: 1.0e-9 < 0.000001\)/,
    )
  })

  it('earns that warning where the gradient is wrong, and a smaller `backward.atol` mends it', () => {
    const usual = ofPulsed(1, { gradient })
    assert.deepEqual(usual.warnings, [])
    const tiny = ofPulsed(1e-9, { gradient: 'interpolating' })
    assert.isAbove(tiny.off, 0.05)
    assert.match(tiny.warnings.join(), /give a smaller `backward.atol`/)
    const helped = ofPulsed(1e-9, { gradient, backward: { atol: 1e-15 } })
    assert.deepEqual(helped.warnings, [])
    assert.isBelow(helped.off, 0.02)
  })

  it('reads the tolerances of the adjoint, and not those of h, where each component has one', () => {
    const atol = gradient === 'backsolve' ? [1e-3, 1e-3, 1e-12, 1e-12, 1, 1] : [1e-12, 1e-12, 1, 1]
    assert.deepEqual(below(ofDrug(1e-9, { gradient, backward: { atol } }).warnings), [])
    atol[atol.length - 3] = 1e-6
    assert.lengthOf(below(ofDrug(1e-9, { gradient, backward: { atol } }).warnings), 1)
  })
})

it('equal steps look at no tolerance, so that none is too large', () => {
  const { warnings } = ofDrug(1e-9, { method: 'RK4', step: 0.05, gradient: 'interpolating' })
  assert.deepEqual(below(warnings), [])
})

it('an event says it too', () => {
  const event = {
    g: (_t: number, h: F): number => h[0]! - 0.5,
    dh: (_t: number, _h: F, out: F): void => void (out[0] = 1),
    dtheta: null,
  }
  const { pullback } = solveToEvent(drug, [0, 5], Float64Array.of(1, 0), event)
  assert.lengthOf(below(pullback(Float64Array.of(0, 1e-9), 0).warnings), 1)
  assert.deepEqual(below(pullback(Float64Array.of(0, 1), 0).warnings), [])
})
