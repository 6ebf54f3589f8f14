import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import type { Saved } from '../../src/ivp/integrator.ts'
import { checksumOf, decode, encode, type Json } from '../../src/ivp/snapshot.ts'

const { saved } = fc.letrec<{ saved: Saved }>((tie) => ({
  saved: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.boolean(),
    fc.string(),
    fc.constant(null),
    fc.float64Array(),
    fc.float32Array(),
    fc.int32Array(),
    fc.array(tie('saved')),
    fc.dictionary(
      fc.string().filter((key) => !key.startsWith('$') && key !== '__proto__'),
      tie('saved'),
      { noNullPrototype: true },
    ),
  ) as fc.Arbitrary<Saved>,
}))

describe('snapshots as JSON', () => {
  it('lose nothing: arrays, their types, NaN, infinities, -0', () => {
    fc.assert(
      fc.property(saved, (value) => {
        const text = JSON.stringify(encode(value))
        const back = decode(JSON.parse(text) as Json)
        assert.isTrue(fc.stringify(back) === fc.stringify(value), text)
      }),
      { numRuns: 300 },
    )
  })

  it('have the checksum of zip, over text without gaps and with keys in order', () => {
    const json = { b: [1, -0.5, null], a: { 'é\u{1f600}': 'x"\n', Z: true } }
    const text = '{"a":{"Z":true,"é\u{1f600}":"x\\"\\n"},"b":[1,-0.5,null]}'
    assert.equal(checksumOf(json), crc32(text).toString(16).padStart(8, '0'))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const expected = crc32(JSON.stringify(value)).toString(16).padStart(8, '0')
        assert.equal(checksumOf(value), expected)
      }),
      { numRuns: 300 },
    )
  })

  it('have the same checksum after any round trip, whatever becomes of the order of keys', () => {
    const reversed = (json: Json): Json => {
      if (json === null || typeof json !== 'object') return json
      if (Array.isArray(json)) return json.map(reversed)
      const members = Object.entries(json).reverse()
      return Object.fromEntries(members.map(([key, value]) => [key, reversed(value)]))
    }
    fc.assert(
      fc.property(saved, (value) => {
        const json = encode(value)
        const back = JSON.parse(JSON.stringify(json, null, 2)) as Json
        assert.equal(checksumOf(reversed(back)), checksumOf(json))
      }),
      { numRuns: 300 },
    )
  })
})
