import { expect, test } from 'vitest'
import { pageExamples } from '../pageExamples.ts'

const { check, run, said } = pageExamples('docs/effect.md')

test('the examples of docs/effect.md are well typed', () => {
  expect(check()).toBe('')
})

test('the examples of docs/effect.md print what it says', () => {
  expect(run()).toBe(said.replaceAll('\n\n', '\n'))
})
