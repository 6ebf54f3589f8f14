import { assert, describe, it } from 'vitest'
import { solveIvp, type IvpResult } from '../../src/index.ts'
import { ADAPTIVE, EVERY_METHOD, FIXED } from './everyMethod.ts'

function assertFinite(result: IvpResult): void {
  for (const y of [...result.states, result.yEnd]) assert.isTrue(y.every(Number.isFinite), `${y}`)
}

describe.each(EVERY_METHOD)('a state that leaves the range of numbers, $method', (options) => {
  it.each([
    ['a constant in float32', (): number[] => [1e37], [0, 100], Float32Array.of(0), 2 ** 128],
    ['a constant in float64', (): number[] => [1e307], [0, 100], Float64Array.of(0), Infinity],
    [
      'an exponential in float32',
      (_t: number, y: ArrayLike<number>): number[] => [y[0]!],
      [0, 200],
      Float32Array.of(1),
      2 ** 128,
    ],
    [
      'an exponential in float64',
      (_t: number, y: ArrayLike<number>): number[] => [y[0]!],
      [0, 1100],
      Float64Array.of(1),
      Infinity,
    ],
  ] as const)('ends the solve as a failure that says so: %s', (_, f, span, y0, largest) => {
    const given = 'step' in options ? { ...options, step: 1 } : options
    const result = solveIvp(f, span, y0 as Float64Array, { ...given, maxSteps: 50_000 })
    assert.equal(result.status, -1)
    assert.equal(result.failure!.kind, 'nonFinite')
    assert.equal(result.failure!.component, 0)
    assertFinite(result)
    assert.isBelow(Math.abs(result.yEnd[0]!), largest)
    if (!('step' in options))
      assert.match(result.failure!.advice, y0 instanceof Float32Array ? /Float64Array/ : /largest number/)
  })
})

it('keeps on to the end in float64 what leaves float32, as the advice says', () => {
  for (const method of ADAPTIVE) {
    assert.match(
      solveIvp(() => [1e37], [0, 100], new Float32Array(1), { method }).failure!.advice,
      /y0 as a Float64Array/,
    )
    assert.isTrue(solveIvp(() => [1e37], [0, 100], new Float64Array(1), { method }).success)
  }
})

describe.each(ADAPTIVE)('a component outside the blocks of the norm, %s', (method) => {
  const norm = [[0, 1]] as const
  it('ends the solve where it is NaN', () => {
    for (const y0 of [Float64Array.of(1, 0), Float32Array.of(1, 0)] as Float64Array[]) {
      const result = solveIvp((t, y) => [-y[0]!, t > 0.5 ? NaN : 1], [0, 1], y0, { method, norm })
      assert.equal(result.failure?.kind, 'nonFinite')
      assert.equal(result.failure?.component, 1)
      assert.closeTo(result.tEnd, 0.5, 1e-6)
      assertFinite(result)
    }
  })
})

describe.each(['Radau', 'BDF', 'LSODA'] as const)('%s with blocks of the norm', (method) => {
  it('does not run past a pole in a component outside them', () => {
    const result = solveIvp((_t, y) => [-y[0]!, y[1]! ** 2], [0, 2], [1, 1], { method, norm: [[0, 1]] })
    assert.equal(result.status, -1)
    assert.equal(result.failure!.component, 1)
    assert.isBelow(result.tEnd, 1.01)
    assertFinite(result)
  })
})

describe.each(ADAPTIVE)('a step of %s', (method) => {
  it('never ends in a state where the right-hand side is not finite', () => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [Math.sqrt(1 - y[0]!) + 0.1]
    const result = solveIvp(f, [0, 2], [0], { method })
    assert.equal(result.failure?.kind, 'nonFinite')
    for (const y of result.states) assert.isTrue(Number.isFinite(f(0, y)[0]), `f at ${y[0]}`)
  })
})

describe('derivatives that only the interpolant uses', () => {
  const wall = (t: number): number[] => [t >= 1 ? NaN : 1]

  it.each(FIXED)('end the solve before the step whose interpolant is not finite, %s', (method) => {
    const stages = { Euler: 1, Midpoint: 1, Heun: 0, RK4: 0 }[method as string]!
    const result = solveIvp(wall, [0, 2], [0], { method, step: 0.1, tEval: [0.5, 0.95] })
    assert.equal(result.failure?.kind, 'nonFinite')
    assertFinite(result)
    assert.deepEqual(Array.from(result.t), [0.5])
    assert.closeTo(result.tEnd, 0.9, 1e-12)
    assert.equal(result.nsteps, 9)
    assert.closeTo(result.yEnd[0]!, 0.9, 1e-12)
    // Methods with a stage at the end of a step do not get there in any case
    const plain = solveIvp(wall, [0, 2], [0], { method, step: 0.1 })
    assert.equal(plain.nsteps, 9 + stages)
  })

  it('end a solve by DOP853 likewise', () => {
    const times: number[] = []
    solveIvp(
      (t) => {
        times.push(t)
        return [1]
      },
      [0, 1],
      [0],
      { method: 'DOP853', firstStep: 1, maxStep: 1, tEval: [0.5] },
    )
    // The three further stages are evaluated last
    const hidden = times.slice(-3)
    const f = (t: number): number[] => [hidden.includes(t) && t < 0.5 ? NaN : 1]
    const result = solveIvp(f, [0, 1], [0], { method: 'DOP853', firstStep: 1, maxStep: 1, tEval: [0.5] })
    assert.equal(result.failure?.kind, 'nonFinite')
    assert.equal(result.nsteps, 0)
    assert.equal(result.tEnd, 0)
    assertFinite(result)
  })
})

it('counts no step that ended in a wrong length', () => {
  for (const options of EVERY_METHOD) {
    for (let bad = 2; bad < 60; bad++) {
      let calls = 0
      const f = (): number[] => (++calls === bad ? [1, 1] : [1])
      const result = solveIvp(f, [0, 1], [0], { ...options, maxStep: undefined, denseOutput: true })
      if (result.success) continue
      assert.equal(result.failure!.kind, 'wrongLength')
      assert.equal(result.states.length, result.nsteps + (bad > 1 ? 1 : 0))
      assert.equal(result.tEnd, result.t.at(-1))
    }
  }
})

describe('a Jacobian that is not finite', () => {
  it.each(['Radau', 'BDF', 'LSODA'] as const)('is not kept, %s', (method) => {
    const result = solveIvp((_t, y) => [1 - 1e3 * Math.sqrt(y[0]!)], [0, 1], [1], { method })
    assert.isTrue(result.success)
    assert.closeTo(result.yEnd[0]!, 1e-6, 2e-6)
  })

  it.each(['Radau', 'BDF', 'LSODA'] as const)(
    'of differences that leave the domain is taken on the other side, %s',
    (method) => {
      // At y = 0 the increment in the direction of f leads to a negative number
      const f = (t: number, y: ArrayLike<number>): number[] => [
        t < 0.1 ? Math.min(Math.sqrt(y[0]!), 0) : 1,
        1e3 * (Math.cos(t) - y[1]!),
      ]
      const result = solveIvp(f, [0, 1], [0, 1], { method })
      assert.isTrue(result.success, result.message)
      assert.closeTo(result.yEnd[0]!, 0.9, 0.01)
    },
  )
})
