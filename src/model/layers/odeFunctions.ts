import { IvpInputError, type TensorFunction } from '../../bridge/index.ts'
import type { Tensor } from '../../bridge/tensor.ts'
import type { Parameters } from '../parameters.ts'

/** dh/dt = f(t, h, params) on tensors of shape (batch, ...). */
export type LayerFunction = TensorFunction<Tensor, Parameters>

const functions = new Map<string, LayerFunction>()
const names = new WeakMap<LayerFunction, string>()

/**
 * Gives a right-hand side a name, under which model files know it: call it before a model with this function is saved, and before it is loaded elsewhere.
 * A later function of the same name takes its place.
 * @returns f itself
 */
export function registerOdeFunction<F extends LayerFunction>(name: string, f: F): F {
  if (typeof name !== 'string' || name === '') {
    throw new IvpInputError('name', name, 'must be a text that is not empty')
  }
  if (typeof f !== 'function') throw new IvpInputError('f', f, 'must be a function (t, h, params) => dh')
  functions.set(name, f)
  names.set(f, name)
  return f
}

/** @throws IvpInputError for a name without a function */
export function odeFunctionNamed(name: string): LayerFunction {
  const f = functions.get(name)
  if (f !== undefined) return f
  throw new IvpInputError(
    'f',
    name,
    `must be registered first, by registerOdeFunction('${name}', (t, h, params) => ...)`,
  )
}

/** The name under which f was registered. */
export function nameOfOdeFunction(f: LayerFunction): string | undefined {
  return names.get(f)
}
