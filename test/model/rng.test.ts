import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromState, makeRng, type Rng } from '../../src/model/rng.ts'

const draw = (n: number, next: () => number): number[] => Array.from({ length: n }, next)
const uniforms = (rng: Rng, n = 8): number[] => draw(n, () => rng.uniform())
const seed = fc.maxSafeInteger()

const correlation = (a: number[], b: number[]): number => {
  const mean = (x: number[]) => x.reduce((s, v) => s + v, 0) / x.length
  const ma = mean(a)
  const mb = mean(b)
  const cov = (x: number[], mx: number, y: number[], my: number) =>
    mean(x.map((v, i) => (v - mx) * (y[i]! - my)))
  return cov(a, ma, b, mb) / Math.sqrt(cov(a, ma, a, ma) * cov(b, mb, b, mb))
}

describe('permutation', () => {
  test('holds every number below n once', () =>
    fc.assert(
      fc.property(seed, fc.integer({ min: 0, max: 300 }), (s, n) => {
        expect([...makeRng(s).permutation(n)].toSorted((a, b) => a - b)).toEqual(
          draw(n, () => 0).map((_, i) => i),
        )
      }),
    ))

  test('is the same for the same seed and differs for the next draw', () =>
    fc.assert(
      fc.property(seed, (s) => {
        const rng = makeRng(s)
        const first = rng.permutation(50)
        expect(first).toEqual(makeRng(s).permutation(50))
        expect(first).not.toEqual(rng.permutation(50))
      }),
    ))

  test('takes each of the 24 orders of 4 equally often', () => {
    const rng = makeRng(1)
    const trials = 24_000
    const counts = new Map<string, number>()
    for (let i = 0; i < trials; i++) {
      const order = rng.permutation(4).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const expected = trials / 24
    const chi2 = [...counts.values()].reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0)
    expect(chi2).toBeLessThan(49.7) // 23 degrees of freedom, p = 0.001
  })
})

describe('uniform, int, normal', () => {
  test('uniform stays in [0, 1) and int below n, and both fill their range evenly', () => {
    const rng = makeRng(2)
    const n = 20_000
    const us = uniforms(rng, n)
    expect(us.every((u) => u >= 0 && u < 1)).toBe(true)
    const counts = draw(10, () => 0)
    for (const k of draw(n, () => rng.int(10))) counts[k]! += 1
    const tenths = counts.map((_, k) => us.filter((u) => Math.floor(10 * u) === k).length)
    for (const c of [...counts, ...tenths]) {
      expect(Math.abs(c - n / 10)).toBeLessThan(4 * Math.sqrt(n * 0.09))
    }
  })

  test('normal has the moments of the normal distribution', () => {
    const rng = makeRng(3)
    const n = 100_000
    const moments = [0, 0, 0, 0]
    for (const z of draw(n, () => rng.normal())) for (let k = 0; k < 4; k++) moments[k]! += z ** (k + 1) / n
    // Four standard errors each: variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
    for (const [k, [value, variance]] of [
      [0, 1],
      [1, 2],
      [0, 15],
      [3, 96],
    ].entries()) {
      expect(Math.abs(moments[k]! - value!), `moment ${k + 1}`).toBeLessThan(4 * Math.sqrt(variance! / n))
    }
  })

  test('both deviates of a polar pair are used, and are uncorrelated', () => {
    const rng = makeRng(4)
    const pairs = draw(20_000, () => rng.normal())
    const first = pairs.filter((_, i) => i % 2 === 0)
    const second = pairs.filter((_, i) => i % 2 === 1)
    expect(Math.abs(correlation(first, second))).toBeLessThan(0.04)
  })

  test('refuse what is out of range', () => {
    const rng = makeRng(0)
    for (const n of [0, -1, 1.5, Number.NaN]) expect(() => rng.int(n)).toThrow(RangeError)
    for (const n of [-1, 1.5, 2 ** 32]) expect(() => rng.permutation(n)).toThrow(RangeError)
    for (const s of [0.5, Number.NaN, 2 ** 53]) expect(() => makeRng(s)).toThrow(RangeError)
  })
})

describe('fork', () => {
  test('does not depend on how many numbers were drawn, and draws none', () =>
    fc.assert(
      fc.property(seed, fc.string(), fc.nat({ max: 20 }), (s, label, k) => {
        const rng = makeRng(s)
        const early = uniforms(rng.fork(label))
        uniforms(rng, k)
        expect(uniforms(rng.fork(label))).toEqual(early)
        const untouched = makeRng(s)
        uniforms(untouched, k)
        expect(uniforms(rng)).toEqual(uniforms(untouched))
      }),
    ))

  test('gives another stream for another label, another seed and another depth', () =>
    fc.assert(
      fc.property(seed, fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 6 }), (s, labels) => {
        const rng = makeRng(s)
        const near = makeRng(s === Number.MAX_SAFE_INTEGER ? s - 1 : s + 1)
        const streams = [rng, near, rng.fork('a').fork('b'), rng.fork('b').fork('a')]
        const keys = [...streams, ...labels.map((l) => rng.fork(`.${l}`))].map((r) => uniforms(r).join())
        expect(new Set(keys).size).toBe(keys.length)
      }),
    ))

  test('makes streams that are uncorrelated with each other and with their parent', () => {
    const n = 20_000
    const rng = makeRng(5)
    const streams = [rng, rng.fork('batch 0'), rng.fork('batch 1'), makeRng(6), rng.fork('')]
    const samples = streams.map((r) => uniforms(r, n))
    for (const [i, a] of samples.entries()) {
      for (const b of samples.slice(i + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(n))
    }
  })

  test('starts near seeds far apart from their first number on', () => {
    const firsts = draw(2_000, () => 0).map((_, s) => makeRng(s).uniform())
    expect(Math.abs(correlation(firsts.slice(0, -1), firsts.slice(1)))).toBeLessThan(0.09)
    expect(Math.abs(firsts.reduce((a, b) => a + b, 0) / 2_000 - 0.5)).toBeLessThan(
      4 * Math.sqrt(1 / 12 / 2_000),
    )
  })
})

describe('state', () => {
  test('continues exactly after a trip through JSON, between the halves of a normal pair too', () =>
    fc.assert(
      fc.property(seed, fc.nat({ max: 9 }), (s, k) => {
        const rng = makeRng(s)
        draw(k, () => rng.normal())
        const again = fromState(JSON.parse(JSON.stringify(rng.state())))
        const use = (r: Rng) => [r.normal(), r.normal(), r.uniform(), r.int(7), ...uniforms(r.fork('x'))]
        expect(use(again)).toEqual(use(rng))
      }),
    ))

  test('is a snapshot: later draws do not change it', () => {
    const rng = makeRng(8)
    const state = rng.state()
    const before = JSON.stringify(state)
    rng.normal()
    expect(JSON.stringify(state)).toBe(before)
  })

  test('pins the stream of a seed, so that published runs stay reproducible', () => {
    const rng = makeRng(42)
    expect([...rng.permutation(8)]).toMatchInlineSnapshot(`
      [
        4,
        2,
        1,
        5,
        3,
        0,
        7,
        6,
      ]
    `)
    expect(rng.uniform()).toMatchInlineSnapshot(`0.5492660193268583`)
    expect(rng.fork('train').int(1_000_000)).toMatchInlineSnapshot(`691050`)
  })

  test('refuses what is no state', () => {
    const state = makeRng(1).state()
    expect(() => fromState({ ...state, words: [1, 2, 3] })).toThrow(RangeError)
    expect(() => fromState({ ...state, key: [0.5, 0, 0, 0] })).toThrow(RangeError)
    expect(() => fromState({ ...state, spare: Number.NaN })).toThrow(RangeError)
  })
})
