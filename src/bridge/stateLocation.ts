import { IvpInputError } from '../ivp/index.ts'
import { checkMethod } from '../ivp/check/method.ts'
import type { TensorTree } from './flatten.ts'
import { isNative, usesGpu } from './nativeBackend.ts'
import type { OdeintOptions } from './solveOptions.ts'

/** Gradients that a state on the device can have. */
const ON_DEVICE: ReadonlySet<string> = new Set(['backsolve', 'adjoint', 'autodiff'])

/** What only states on the host can do, with the option's value; null if nothing of it is asked for. */
function hostOnly<P extends TensorTree>(
  options: OdeintOptions<P>,
): readonly [string, unknown, string] | null {
  const { gradient = 'backsolve', certify = false, method = 'RK45', backward } = options
  if (!ON_DEVICE.has(gradient)) return ['gradient', gradient, "'backsolve' or 'autodiff'"]
  if (certify !== false) return ['certify', certify, 'false']
  const parameters = backward?.parameters ?? 'integrated'
  if (parameters !== 'integrated') return ['backward.parameters', parameters, "'integrated'"]
  if (backward?.otherwise === 'discrete')
    return ['backward.otherwise', 'discrete', "'interpolating' or 'fail'"]
  const explicit = 'an explicit method'
  if (checkMethod(method).kind === 'implicit') return ['method', method, explicit]
  const own = backward?.method ?? method
  return checkMethod(own).kind === 'implicit' ? ['backward.method', own, explicit] : null
}

/** Numbers in a state from which on native TensorFlow takes less time on its own tensors than the copies to and from the host do. */
const DEVICE_FROM = 2 ** 18

/**
 * Where the state of a solve lives: as asked for; with 'auto' on the host, except on native TensorFlow with a GPU, or for states of 262,144 numbers or more. On 'cpu', 'wasm', native TensorFlow on the
 * CPU and WebGL in software the device takes longer for states of up to 16,384 numbers; for 262,144 numbers and more it takes less time on native TensorFlow
 * (figures in docs/gradients.md and bench/results/state-locations.json). WebGL on a GPU was not measured; but where the state is two numbers, arithmetic is nothing and starting the device's operations, of which there are more, is
 * all, and a GPU does not take that away. Native TensorFlow on a GPU was not measured either: the device is taken there because a read waits for all work and copies.
 * @param total - numbers in the state
 * @throws IvpInputError for something that only states on the host can do, with `state: 'device'`
 */
export function stateLocationOf<P extends TensorTree>(
  options: OdeintOptions<P>,
  total: number,
): 'flat' | 'device' {
  const state = options.gradient === 'autodiff' ? deviceOnly(options.state) : (options.state ?? 'auto')
  if (state === 'flat') return 'flat'
  if (state === 'device') {
    checkDevice(options)
    return 'device'
  }
  const isFaster = usesGpu() || (isNative() && total >= DEVICE_FROM)
  return isFaster && hostOnly(options) === null ? 'device' : 'flat'
}

/**
 * @param isAwaited - by `odeintAsync`, which has no state on the host and no tape
 * @throws IvpInputError for something that only states on the host can do
 */
export function checkDevice<P extends TensorTree>(options: OdeintOptions<P>, isAwaited = false): void {
  const obstacle = hostOnly(options)
  if (obstacle === null) return
  const [option, value, instead] = obstacle
  const why = isAwaited
    ? 'with `odeintAsync`, whose state is on the device'
    : "for a state on the device ('discrete', implicit methods and certificates need state: 'flat')"
  const choice = isAwaited && option === 'gradient' ? "'backsolve'" : instead
  throw new IvpInputError(option, value, `must be ${choice} ${why}`)
}

/** What tfjs is to record must be tensors. */
function deviceOnly(state: unknown): 'device' {
  if (state === undefined || state === 'auto' || state === 'device') return 'device'
  throw new IvpInputError('state', state, "must be 'device' or 'auto' with gradient 'autodiff'")
}
