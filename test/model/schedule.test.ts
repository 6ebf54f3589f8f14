import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cosine, type PlateauOptions, reduceLROnPlateau } from '../../src/model/schedule.ts'

/** Learning rates after each metric, from lr = 1. */
const rates = (options: Partial<PlateauOptions>, metrics: number[]): number[] => {
  const plateau = reduceLROnPlateau(options)
  let state = plateau.start(1)
  return metrics.map((metric) => (state = plateau.next(state, metric)).lr)
}

describe('reduceLROnPlateau', () => {
  test('keeps lr while the metric improves', () => {
    expect(rates({ patience: 0 }, [3, 2, 1])).toEqual([1, 1, 1])
    expect(rates({ patience: 0, mode: 'max' }, [1, 2, 3])).toEqual([1, 1, 1])
  })

  test('bears patience bad metrics and reduces at the next', () => {
    expect(rates({ patience: 2, factor: 0.5 }, [1, 1, 1, 1, 1, 1, 1])).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25])
  })

  test('with patience 0, takes the first metric as baseline and reduces at the first bad one', () => {
    expect(rates({ patience: 0, factor: 0.5 }, [1, 2, 2])).toEqual([1, 0.5, 0.25])
  })

  test('counts only bad metrics in a row', () => {
    expect(rates({ patience: 1, factor: 0.5 }, [5, 6, 4, 6, 3, 6, 6])).toEqual([1, 1, 1, 1, 1, 1, 0.5])
  })

  test('compares with the best metric, not with the last', () => {
    expect(rates({ patience: 1, factor: 0.5 }, [1, 9, 8])).toEqual([1, 1, 0.5])
  })

  test('asks for an improvement by the relative threshold', () => {
    const options = { patience: 0, factor: 0.5, threshold: 0.25 }
    expect(rates(options, [8, 6])).toEqual([1, 0.5]) // 6 = 8 (1 - 1/4) is not below it
    expect(rates(options, [8, 5.99])).toEqual([1, 1])
    expect(rates({ ...options, mode: 'max' }, [8, 10])).toEqual([1, 0.5])
    expect(rates({ ...options, mode: 'max' }, [8, 10.01])).toEqual([1, 1])
  })

  test('an improvement within the threshold does not move the best', () => {
    // 7 and 6 are both too near to 8; 5 is judged against 8 still.
    expect(rates({ patience: 3, factor: 0.5, threshold: 0.25 }, [8, 7, 6, 5, 5, 5, 5])).toEqual(
      Array.from({ length: 7 }, () => 1),
    )
  })

  test('holds nothing against the run during a cooldown', () => {
    // Reduced at the 2nd; the 3rd and 4th are free; the 5th is bad again.
    expect(rates({ patience: 0, factor: 0.5, cooldown: 2 }, [1, 1, 1, 1, 1])).toEqual([
      1, 0.5, 0.5, 0.5, 0.25,
    ])
  })

  test('still learns of a better metric during a cooldown', () => {
    const plateau = reduceLROnPlateau({ patience: 0, cooldown: 1 })
    const cooling = { lr: 1, best: 4, badEpochs: 0, cooldownLeft: 1 }
    expect(plateau.next(cooling, 2)).toEqual({ lr: 1, best: 2, badEpochs: 0, cooldownLeft: 0 })
  })

  test('never goes below minLr, nor makes a reduction of eps or less', () => {
    expect(rates({ patience: 0, factor: 0.5, minLr: 0.3 }, [1, 1, 1, 1])).toEqual([1, 0.5, 0.3, 0.3])
    expect(rates({ patience: 0, factor: 0.5, eps: 0.25 }, [1, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.5])
    expect(rates({ patience: 0, factor: 0.5, minLr: 2 }, [1, 1])).toEqual([1, 1]) // never raises either
  })

  test('counts a metric that is not finite as bad, the first one too', () => {
    expect(rates({ patience: 1, factor: 0.5 }, [Number.NaN, Infinity, 1, 1])).toEqual([1, 0.5, 0.5, 0.5])
  })

  test('has the defaults of PyTorch', () => {
    expect(reduceLROnPlateau().options).toEqual({
      mode: 'min',
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
    })
  })

  test('agrees with a transcription of PyTorch, and its state survives JSON', () => {
    const metric = fc.integer({ min: 1, max: 12 })
    const settings = fc.record({
      mode: fc.constantFrom('min' as const, 'max' as const),
      factor: fc.constantFrom(0.5, 0.1),
      patience: fc.nat({ max: 3 }),
      cooldown: fc.nat({ max: 3 }),
      threshold: fc.constantFrom(0, 1e-4, 0.2),
      minLr: fc.constantFrom(0, 0.04),
    })
    fc.assert(
      fc.property(settings, fc.array(metric, { maxLength: 40 }), (o, metrics) => {
        const plateau = reduceLROnPlateau(o)
        let state = plateau.start(1)
        const torch = { lr: 1, best: o.mode === 'min' ? Infinity : -Infinity, bad: 0, cooldown: 0 }
        for (const m of metrics) {
          state = JSON.parse(JSON.stringify(plateau.next(state, m)))
          if (o.mode === 'min' ? m < torch.best * (1 - o.threshold) : m > torch.best * (1 + o.threshold)) {
            torch.best = m
            torch.bad = 0
          } else torch.bad += 1
          if (torch.cooldown > 0) {
            torch.cooldown -= 1
            torch.bad = 0
          }
          if (torch.bad > o.patience) {
            const lower = Math.max(torch.lr * o.factor, o.minLr)
            if (torch.lr - lower > 1e-8) torch.lr = lower
            torch.cooldown = o.cooldown
            torch.bad = 0
          }
          expect(state).toEqual({
            lr: torch.lr,
            best: torch.best,
            badEpochs: torch.bad,
            cooldownLeft: torch.cooldown,
          })
        }
      }),
    )
  })

  test('refuses options out of range by name', () => {
    expect(() => reduceLROnPlateau({ factor: 1 })).toThrow('factor')
    expect(() => reduceLROnPlateau({ patience: 0.5 })).toThrow('patience')
    expect(() => reduceLROnPlateau({ cooldown: -1 })).toThrow('cooldown')
    expect(() => reduceLROnPlateau({ threshold: Number.NaN })).toThrow('threshold')
    expect(() => reduceLROnPlateau().start(-1)).toThrow('lr')
  })
})

describe('cosine', () => {
  const options = { peakLr: 0.1, totalSteps: 110, warmupSteps: 10, minLr: 0.01 }

  test('rises linearly to the peak and falls by a half cosine to the floor', () => {
    expect(cosine(0, options)).toBeCloseTo(0.01, 15)
    expect(cosine(4, options)).toBeCloseTo(0.05, 15)
    expect(cosine(9, options)).toBe(0.1)
    expect(cosine(10, options)).toBe(0.1)
    expect(cosine(35, options)).toBeCloseTo(0.01 + 0.045 * (1 + Math.SQRT1_2), 15)
    expect(cosine(60, options)).toBeCloseTo(0.055, 15)
    expect(cosine(110, options)).toBe(0.01)
    expect(cosine(1000, options)).toBe(0.01)
  })

  test('starts at the peak without warm-up and ends at zero without a floor', () => {
    expect(cosine(0, { peakLr: 0.1, totalSteps: 10 })).toBe(0.1)
    expect(cosine(10, { peakLr: 0.1, totalSteps: 10 })).toBe(0)
  })

  test('never rises after warm-up and stays between floor and peak', () =>
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.nat({ max: 50 }), (warmupSteps, rest) => {
        const o = { peakLr: 1, totalSteps: warmupSteps + rest, warmupSteps, minLr: 0.1 }
        const lrs = Array.from({ length: rest + 2 }, (_, k) => cosine(warmupSteps + k, o))
        lrs.forEach((lr, k) => expect(lr).toBeLessThanOrEqual(k === 0 ? 1 : lrs[k - 1]!))
        expect(lrs.at(-1)).toBe(0.1)
      }),
    ))

  test('refuses what is out of range by name', () => {
    expect(() => cosine(-1, options)).toThrow('step')
    expect(() => cosine(0, { ...options, warmupSteps: 111 })).toThrow('warmupSteps')
    expect(() => cosine(0, { ...options, minLr: 1 })).toThrow('minLr')
    expect(() => cosine(0, { ...options, totalSteps: Infinity })).toThrow('totalSteps')
  })
})
