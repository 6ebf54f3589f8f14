import { expect, test } from 'vitest'
import { pageExamples } from '../../pageExamples.ts'

const { check, run, said } = pageExamples('docs/layers.md')

test('the examples of docs/layers.md are well typed', () => {
  expect(check()).toBe('')
})

test('the examples of docs/layers.md train, and print what it says', () => {
  const lines = run().split('\n')
  expect(lines.filter((line) => /^(learned|not learned|\[|\d)/.test(line)).join('\n')).toBe(said)
}, 120_000)
