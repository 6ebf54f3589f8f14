import { expect, test } from 'vitest'
import { pageExamples } from '../pageExamples.ts'

const { check, run, said } = pageExamples('docs/failures.md')

test('the example of docs/failures.md is well typed', () => {
  expect(check()).toBe('')
})

test('the example of docs/failures.md prints what it says', () => {
  expect(run()).toBe(said)
})
