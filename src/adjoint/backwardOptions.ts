import type { FloatArray } from '../ivp/index.ts'
import type { BackwardOptions, DirectionOptions } from './continuousAdjoint.ts'

/** The options of a backward solve: its own, and for those that are absent the forward solve's; but a forward step belongs to the forward method. */
export function backwardOptions<V extends FloatArray>(
  forward: DirectionOptions<V>,
  backward: BackwardOptions<V> | undefined,
): BackwardOptions<V> {
  const own = withoutUndefined(backward)
  return { ...(own.method === undefined ? forward : { ...forward, step: undefined }), ...own }
}

/** So that an absent option falls back to another one. */
export function withoutUndefined<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}
