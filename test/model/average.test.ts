import { assert, describe, it } from 'vitest'
import { averageStep } from '../../src/model/average.ts'
import { makeRng } from '../../src/model/rng.ts'

describe('averageStep', () => {
  it('weighs a step of long ago by the shares that all later ones kept', () => {
    const rng = makeRng(7)
    const [start, ...steps] = Array.from({ length: 41 }, () => rng.uniform())
    const kept = steps.map((_, k) => Math.min(0.7, (2 + k) / (11 + k)))
    const after = (k: number): number => kept.slice(k).reduce((product, share) => product * share, 1)
    const expected = steps.reduce((sum, p, k) => sum + (1 - kept[k]!) * after(k + 1) * p, after(0) * start!)
    const mean = Float32Array.of(start!)
    steps.forEach((p, k) => averageStep(mean, Float32Array.of(p), 0.7, k + 1))
    assert.closeTo(mean[0]!, expected, 1e-6)
  })

  it('is near the first step after it, wherever the start was', () => {
    const mean = Float32Array.of(11, -11)
    averageStep(mean, Float32Array.of(0, 0), 0.999, 1)
    assert.deepEqual(mean, Float32Array.of(2, -2))
  })
})
