import type { Tensor } from './tensor.ts'

/** Where a tensor has its values; not in tfjs's typings. */
type Memory = { -readonly [K in 'dataId']: Tensor[K] } & { isDisposedInternal: boolean }

/**
 * Runs `body` while the tensors have the values of their lenders, copies that were kept. A function that captured them finds them alive then, though by the
 * time of a backward solve a tidy of the loss has disposed of them.
 */
export function lent<T>(tensors: ReadonlyArray<Tensor>, lenders: ReadonlyArray<Tensor>, body: () => T): T {
  if (tensors.every((tensor, i) => tensor === lenders[i])) return body()
  const memories = tensors as unknown as ReadonlyArray<Memory>
  const own = memories.map(({ dataId, isDisposedInternal }): Memory => ({ dataId, isDisposedInternal }))
  memories.forEach((tensor, i) =>
    Object.assign(tensor, { dataId: lenders[i]!.dataId, isDisposedInternal: false }),
  )
  try {
    return body()
  } finally {
    memories.forEach((tensor, i) => Object.assign(tensor, own[i]))
  }
}
