import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { wrapped } from '../../../src/model/cli/wrapped.ts'

describe('a text that is broken into lines', () => {
  it('has the same words, and lines that fit unless they are one word', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).map((text) => text.replaceAll(' ', '_'))
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.integer({ min: 1, max: 60 }), (words, width) => {
        const lines = wrapped(words.join(' '), width)
        assert.equal(lines.join(' '), words.join(' '))
        for (const line of lines) assert.isTrue(line.length <= width || !line.includes(' '), line)
      }), // prettier-ignore
      { seed: 1 },
    )
  })
})
