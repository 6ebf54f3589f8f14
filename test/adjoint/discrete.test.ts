import { assert, describe, it } from 'vitest'
import { makeErk, solveIvp, type ErkMethod, type FloatArray, type MethodName } from '../../src/index.ts'
import { solveWithPullback, type Gradients, type PullbackOptions } from '../../src/adjoint/index.ts'
import { checkMethod } from '../../src/ivp/check/method.ts'
import { derivative, distance, dotAll, moved } from './finiteDifference.ts'
import { locate, overFrozenSteps } from './frozenSteps.ts'
import { n, net, start, theta } from './tanhNet.ts'

/** A method that is not in the package, with an interpolant whose derivative jumps between steps. */
const ralston = makeErk({
  name: 'Ralston',
  order: 2,
  c: [0, 2 / 3],
  a: [[], [2 / 3]],
  b: [1 / 4, 3 / 4],
  error: { kind: 'embedded', order: 1, e: [-3 / 4, 3 / 4, 0] },
  // prettier-ignore
  dense: { kind: 'polynomial', p: [[1, -3 / 4], [0, 3 / 4], [0, 0]] },
})

type Options<V extends FloatArray> = PullbackOptions<V> & { readonly method: MethodName | ErkMethod }

const loose = { rtol: 1e-2, atol: 1e-3, maxStep: 0.9 }
const METHODS: ReadonlyArray<readonly [string, Options<FloatArray>]> = [
  ['RK23', { method: 'RK23', ...loose }],
  ['RK45', { method: 'RK45', ...loose }],
  ['DOP853', { method: 'DOP853', ...loose }],
  ['Euler', { method: 'Euler', step: 0.4 }],
  ['Midpoint', { method: 'Midpoint', step: 0.4 }],
  ['Heun', { method: 'Heun', step: 0.7 }],
  ['RK4', { method: 'RK4', step: 0.7 }],
  ['a method of makeErk', { method: ralston, ...loose }],
]

/** A solve whose output times lie inside steps (two in one of them), on step ends (one alone in its step), and at both ends. */
function caseOf<V extends FloatArray>(options: Options<V>, span: readonly [number, number], y0: V) {
  const rhs = net<V>(theta)
  const { gradient: _, backward: __, ...forward } = options
  const solver = rhs.f as (t: number, h: FloatArray, dh: FloatArray) => void
  const mesh = solveIvp(solver, span, y0 as FloatArray, { ...(forward as object), inPlace: true }).t
  assert.isAbove(mesh.length, 4)
  const inside = (i: number, x: number): number => mesh[i]! + x * (mesh[i + 1]! - mesh[i]!)
  const last = mesh.length - 1
  const ts = [
    mesh[0]!,
    inside(0, 0.6),
    mesh[1]!,
    inside(1, 0.3),
    inside(1, 0.8),
    mesh[3]!,
    inside(last - 1, 0.45),
    mesh[last]!,
  ]
  const like = (values: number[]): V =>
    (y0 instanceof Float32Array ? Float32Array.from(values) : Float64Array.from(values)) as V
  const incoming = ts.map((_t, j) => like(Array.from({ length: n }, (_y, i) => Math.cos(j + 2 * i))))
  const solved = solveWithPullback(rhs, ts, y0, { ...options, gradient: 'discrete' })
  const method = (checkMethod(options.method) as { erk: ErkMethod }).erk
  const outputs = locate(mesh, ts)
  const replay = (y: ArrayLike<number>, parameters: ArrayLike<number>, times: ArrayLike<number>) =>
    overFrozenSteps(
      method,
      net<Float64Array>(parameters).f,
      mesh,
      Float64Array.from(y),
      outputs.map(({ step }, j) => ({ t: times[j]!, step })),
    )
  const loss = (...at: Parameters<typeof replay>): number => dotAll(incoming, replay(...at))
  return { rhs, mesh, ts, incoming, replay, loss, ...solved }
}

/** Distances of h0, theta and interior times from finite differences over the frozen steps. */
function distances<V extends FloatArray>(made: ReturnType<typeof caseOf<V>>, y0: V, g: Gradients<V>) {
  const { loss, ts } = made
  const inner = (_: unknown, j: number): boolean => j > 0 && j < ts.length - 1
  const h0 = Array.from(y0, (_, i) => derivative((eps) => loss(moved(y0, i, eps), theta, ts)))
  const params = Array.from(theta, (_, i) => derivative((eps) => loss(y0, moved(theta, i, eps), ts)))
  const times = ts.map((_, j) => derivative((eps) => loss(y0, theta, moved(ts, j, eps)))).filter(inner)
  return {
    h0: distance(g.h0, h0),
    theta: distance(g.theta, params),
    times: distance(g.ts.filter(inner), times),
  }
}

describe.each([
  ['forwards', [0.2, 4.5]],
  ['backwards', [4.5, 0.2]],
] as const)('discrete, %s in time', (_direction, span) => {
  it.each(METHODS)('is the derivative of the steps taken, for %s', (_name, options) => {
    const y0 = Float64Array.from(start)
    const made = caseOf(options as Options<Float64Array>, span, y0)
    const { result, replay, ts, pullback, incoming, rhs } = made
    const states = replay(y0, theta, ts)
    result.states.forEach((h, j) => assert.isBelow(distance(h, states[j]!), 1e-13, `output ${j}`))
    const g = pullback(incoming)
    assert.isUndefined(g.failure)
    const d = distances(made, y0, g)
    assert.isBelow(d.h0, 5e-11, 'h0')
    assert.isBelow(d.theta, 5e-11, 'theta')
    assert.isBelow(d.times, 5e-11, 'times')
    // The ends, as the exact solution moves
    const slope = new Float64Array(n)
    rhs.f(ts.at(-1)!, result.states.at(-1)!, slope)
    assert.closeTo(g.ts.at(-1)!, dotAll([incoming.at(-1)!], [slope]), 1e-12)
    rhs.f(ts[0]!, y0, slope)
    assert.closeTo(g.ts[0]!, -dotAll([g.h0.map((a, i) => a - incoming[0]![i]!)], [slope]), 1e-12)
  })

  it.each(METHODS)(
    'agrees with the derivative in float64 within 20 spacings of float32, for %s',
    (_name, options) => {
      const y0 = Float32Array.from(start)
      const made = caseOf(options as Options<Float32Array>, span, y0)
      const g = made.pullback(made.incoming)
      assert.instanceOf(g.h0, Float32Array)
      assert.instanceOf(g.theta, Float32Array)
      const d = distances(made, y0, g)
      for (const [what, value] of Object.entries(d)) assert.isBelow(value, 20 * 2 ** -23, what)
    },
  )

  it.each(METHODS)('leaves the forward numbers as they are, for %s', (_name, options) => {
    const { ts, rhs, result } = caseOf(options as Options<Float64Array>, span, Float64Array.from(start))
    const other = solveWithPullback(rhs, ts, Float64Array.from(start), options as Options<Float64Array>)
    assert.deepEqual(result.states, other.result.states)
    assert.equal(result.nfev, other.result.nfev)
  })
})
