import { zerosLike, type FloatArray } from '../space/typedArraySpace.ts'

/** Turns states (time-major) into component-major rows: rows[i][j] is component i of states[j]. */
export function toRows<V extends FloatArray>(states: ReadonlyArray<V>): V[] {
  const first = states[0]
  if (first === undefined) return []
  return Array.from(first, (_, i) => {
    const row = zerosLike(first, states.length)
    for (let j = 0; j < states.length; j++) row[j] = states[j]![i]!
    return row
  })
}
