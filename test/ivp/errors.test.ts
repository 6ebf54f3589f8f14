import { assert, describe, it } from 'vitest'
import { IvpInputError } from '../../src/index.ts'

const received = (value: unknown): string => new IvpInputError('tEval', value, 'must be times').received

describe('an IvpInputError says what came', () => {
  const loop: unknown[] = [1]
  loop.push(loop)
  const { proxy: revoked, revoke } = Proxy.revocable([], {})
  revoke()
  const throwing = {
    get constructor(): never {
      throw new Error('mine')
    },
  }

  const values: ReadonlyArray<readonly [value: unknown, words: string]> = [
    [undefined, 'undefined'],
    [null, 'null'],
    [NaN, 'NaN'],
    ['RK54', "'RK54'"],
    [5n, '5n, a BigInt'],
    [Symbol('s'), 'Symbol(s)'],
    [Math.sin, 'a function (sin)'],
    [() => 1, 'a function'],
    [{}, 'an object of type Object'],
    [Object.create(null), 'an object of type Object'],
    [Promise.resolve(1), 'an object of type Promise'],
    [[1, 2], 'Array(2) [1, 2]'],
    [Float32Array.of(1, 2), 'Float32Array(2) [1, 2]'],
    [BigInt64Array.of(1n), 'BigInt64Array(1) [1n, a BigInt]'],
    [[[1, 2], [3], null, {}], 'Array(4) [[1, 2], [3], null, {Object}]'],
    [Object.assign([], { length: 2 }), 'Array(2) [empty, empty]'],
    [[Symbol('s'), 'x'], "Array(2) [Symbol(s), 'x']"],
    [new DataView(new ArrayBuffer(8)), 'an object of type DataView'],
    [loop, 'Array(2) [1, [1, {Array}]]'],
    [revoked, 'a value that cannot be shown'],
    [throwing, 'a value that cannot be shown'],
    [[throwing], 'a value that cannot be shown'],
  ]
  // In one test: the test runner itself cannot print all of them
  it('in words, whatever it is', () => {
    for (const [value, words] of values) assert.equal(received(value), words)
  })

  const large: ReadonlyArray<readonly [name: string, value: unknown]> = [
    ['a long text', 'x'.repeat(1e6)],
    ['a large array', new Float64Array(1e7).fill(Math.PI)],
    ['a long sparse array', Object.assign([], { length: 2 ** 32 - 1 })],
    ['a large BigInt', 10n ** 500n],
    ['nested arrays', Array.from({ length: 1000 }, () => Array.from({ length: 1000 }, () => 1))],
  ]
  it('in an excerpt of what is large, and at once', () => {
    for (const [name, value] of large) {
      const start = performance.now()
      assert.isBelow(received(value).length, 130, name)
      assert.isBelow(performance.now() - start, 100, name)
    }
  })
})
