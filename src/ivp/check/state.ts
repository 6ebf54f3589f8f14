import { IvpInputError } from '../errors.ts'
import { firstNonFinite } from '../failure.ts'
import type { NormBlocks } from '../space/norm.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import { firstNonNumber, isArrayLike } from './arrayLike.ts'

export function checkState(y0: unknown): FloatArray {
  const expected = 'must be a flat Float64Array, Float32Array or array of finite numbers'
  if (!isArrayLike(y0)) throw new IvpInputError('y0', y0, expected)
  const odd = firstNonNumber(y0)
  if (odd >= 0) throw new IvpInputError('y0', y0, `${expected} (component ${odd} is not a number)`)
  const isTyped = y0 instanceof Float32Array || y0 instanceof Float64Array
  const state = isTyped ? y0.slice() : Float64Array.from(y0 as ArrayLike<number>)
  const at = firstNonFinite(state)
  if (at >= 0) {
    throw new IvpInputError('y0', state[at], `must be finite in every component (component ${at} is not)`)
  }
  return state
}

export function checkNorm(blocks: unknown, n: number): NormBlocks {
  if (blocks === undefined || blocks === null) return n === 0 ? [] : [[0, n]]
  const isBlock = (block: unknown): boolean => {
    if (!isArrayLike(block) || block.length !== 2) return false
    const [from, to] = [block[0] as number, block[1] as number]
    return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= n
  }
  // A copy without holes, which `every` would skip
  const list: unknown[] = Array.isArray(blocks) ? Array.from(blocks) : []
  if (list.length === 0 || !list.every(isBlock)) {
    throw new IvpInputError(
      'norm',
      blocks,
      `must be blocks [[from, to], ...] of components with 0 <= from < to <= ${n}`,
    )
  }
  return list.map((block) => [(block as NormBlocks[number])[0], (block as NormBlocks[number])[1]])
}
