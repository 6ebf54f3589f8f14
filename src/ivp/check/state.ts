import { IvpInputError } from '../errors.ts'
import { firstNonFinite } from '../failure.ts'
import type { NormBlocks } from '../space/norm.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import { isArrayLike } from './arrayLike.ts'

export function checkState(y0: unknown): FloatArray {
  const expected = 'must be a flat Float64Array, Float32Array or array of finite numbers'
  if (!isArrayLike(y0)) throw new IvpInputError('y0', y0, expected)
  if (!(y0 instanceof Float64Array || y0 instanceof Float32Array)) {
    if (!Array.from(y0).every((value) => typeof value === 'number'))
      throw new IvpInputError('y0', y0, expected)
  }
  const isTyped = y0 instanceof Float32Array || y0 instanceof Float64Array
  const state = isTyped ? y0.slice() : Float64Array.from(y0 as ArrayLike<number>)
  const at = firstNonFinite(state)
  if (at >= 0) {
    throw new IvpInputError('y0', state[at], `must be finite in every component (component ${at} is not)`)
  }
  return state
}

export function checkNorm(blocks: unknown, n: number): NormBlocks {
  if (blocks === undefined) return n === 0 ? [] : [[0, n]]
  const isBlock = (block: unknown): boolean =>
    Array.isArray(block) &&
    block.length === 2 &&
    block.every(Number.isInteger) &&
    block[0] >= 0 &&
    block[0] < block[1] &&
    block[1] <= n
  if (!Array.isArray(blocks) || blocks.length === 0 || !blocks.every(isBlock)) {
    throw new IvpInputError(
      'norm',
      blocks,
      `must be blocks [[from, to], ...] of components with 0 <= from < to <= ${n}`,
    )
  }
  return blocks as NormBlocks
}
