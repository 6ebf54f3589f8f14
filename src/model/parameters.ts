import { tf, type Tensor } from '../bridge/tensor.ts'
import type { Rng } from './rng.ts'

/** How a parameter tensor starts: all zeros, all ones, or uniform in [-bound, bound]. */
export type Initial = 'zeros' | 'ones' | { readonly uniform: number }

/** Names, shapes and starting values of a model's parameters, in the order in which they lie in the flat vector. */
export type ParameterSpec = {
  readonly [name: string]: { readonly shape: ReadonlyArray<number>; readonly initial: Initial }
}

/** The parameters of a model as tensors by name. */
export type Parameters = { readonly [name: string]: Tensor }

/** Number of scalars. */
export function parameterCount(spec: ParameterSpec): number {
  return Object.values(spec).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}

/** Starting values as one flat vector; the same generator gives the same numbers. */
export function initialParameters(spec: ParameterSpec, rng: Rng): Float32Array {
  const flat = new Float32Array(parameterCount(spec))
  let at = 0
  for (const { shape, initial } of Object.values(spec)) {
    const size = sizeOf(shape)
    for (let i = at; i < at + size; i++) {
      flat[i] = initial === 'zeros' ? 0 : initial === 'ones' ? 1 : initial.uniform * (2 * rng.uniform() - 1)
    }
    at += size
  }
  return flat
}

/**
 * New tensors with the values of the flat vector; the caller disposes them (or calls inside `tf.tidy`).
 * @throws RangeError for another number of values than the specification has
 */
export function toParameters(spec: ParameterSpec, flat: Float32Array): Parameters {
  const count = parameterCount(spec)
  if (flat.length !== count) {
    throw new RangeError(
      `\`flat\` must hold the ${count} values of the specification; received ${flat.length}: take the parameters of the same net.`,
    )
  }
  let at = 0
  const tensors: Record<string, Tensor> = {}
  for (const [name, { shape }] of Object.entries(spec)) {
    const size = sizeOf(shape)
    tensors[name] = tf.tensor(flat.slice(at, at + size), [...shape], 'float32')
    at += size
  }
  return tensors
}

/** The parameters whose names start with `prefix.`, without the prefix. */
export function under(parameters: Parameters, prefix: string): Parameters {
  const head = `${prefix}.`
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, tensor]) =>
      name.startsWith(head) ? [[name.slice(head.length), tensor]] : [],
    ),
  )
}

/** The specification with `prefix.` before every name. */
export function prefixed(prefix: string, spec: ParameterSpec): ParameterSpec {
  return Object.fromEntries(Object.entries(spec).map(([name, entry]) => [`${prefix}.${name}`, entry]))
}

function sizeOf(shape: ReadonlyArray<number>): number {
  return shape.reduce((product, length) => product * length, 1)
}
