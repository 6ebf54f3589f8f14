import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { assert, it } from 'vitest'
import { sha256 } from '../../src/plot/sha256.ts'

it('has the digits of node:crypto for any text, around the ends of its blocks too', () => {
  const agrees = (text: string): void =>
    assert.equal(sha256(text), createHash('sha256').update(text).digest('hex'))
  for (let length = 0; length < 200; length++) agrees('x'.repeat(length))
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), agrees), { numRuns: 200, seed: 3 })
})
