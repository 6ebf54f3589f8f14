import { describe, expect, test } from 'vitest'
import { pageExamples } from '../pageExamples.ts'

describe.each(['README.md', 'docs/from-scipy.md'])('the first example of %s', (path) => {
  const { check, run } = pageExamples(path, 1)

  test('is well typed', () => {
    expect(check()).toBe('')
  }, 120_000)

  test('runs', () => {
    expect(run()).not.toMatch(/Error/)
  }, 120_000)
})
