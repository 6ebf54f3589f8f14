import { IvpInputError } from '../errors.ts'
import type { ErkMethod } from '../method/butcherTableau.ts'
import { METHODS, explicit, type Method } from '../methods.ts'
import { spacingAt } from '../spacing.ts'
import { nearestName } from './nearestName.ts'
import { positive } from './scalar.ts'

/** What other packages call methods that are here, or the nearest relative. */
const ELSEWHERE: Readonly<Record<string, keyof typeof METHODS>> = {
  bosh3: 'RK23',
  ode23: 'RK23',
  dopri5: 'RK45',
  ode45: 'RK45',
  dopri8: 'DOP853',
  ode15s: 'BDF',
  radau5: 'Radau',
}

/** A method by its name, or a method object. */
export function checkMethod(method: unknown): Method {
  if (typeof method === 'string') {
    if (Object.hasOwn(METHODS, method)) return METHODS[method as keyof typeof METHODS]
    const close = Object.keys(METHODS).find((name) => name.toLowerCase() === method.toLowerCase())
    if (close !== undefined) throw new IvpInputError('method', method, `is spelled '${close}'`)
  } else if (isErk(method)) {
    return explicit(method)
  }
  const nearest =
    typeof method === 'string'
      ? (ELSEWHERE[method.toLowerCase()] ?? nearestName(method, Object.keys(METHODS)))
      : nameOfClass(method)
  const hint = nearest === null ? '' : `; write '${nearest}'`
  throw new IvpInputError(
    'method',
    method,
    `must be one of ${Object.keys(METHODS).join(', ')} or a method object made by \`makeErk\`${hint}`,
  )
}

/** Whether `makeErk` made it: what steppers look at is there. */
function isErk(method: unknown): method is ErkMethod {
  if (typeof method !== 'object' || method === null) return false
  const { tableau, a, b, c, error, dense, nStages } = method as Partial<ErkMethod>
  return (
    typeof tableau === 'object' &&
    [a, c].every(Array.isArray) &&
    [b, error, dense].every((part) => typeof part === 'object' && part !== null) &&
    typeof nStages === 'number'
  )
}

/** scipy takes the class of a solver too; here its name says as much. */
function nameOfClass(method: unknown): string | null {
  if (typeof method !== 'function') return null
  const { method: name } = method as { method?: unknown }
  return typeof name === 'string' && Object.hasOwn(METHODS, name) ? name : null
}

/**
 * Times of equal steps shorter than so many spacings of numbers are rounded by more than a thousandth of a
 * step.
 */
const COARSE = 1000

/** The size of equal steps: needed by fixed-step methods, meaningless for the others. */
export function checkStep(
  step: unknown,
  method: Method,
  t0: number,
  t1: number,
  warnings: string[],
): number | null {
  const length = Math.abs(t1 - t0)
  const isFixed = method.kind === 'fixedStep'
  if (step === undefined || step === null) {
    if (!isFixed) return null
    throw new IvpInputError(
      'step',
      step,
      `must be given for ${method.name}: the size of its equal steps, such as step: ${length / 100}`,
    )
  }
  if (!isFixed) {
    throw new IvpInputError(
      'step',
      step,
      `is for the fixed-step methods; ${method.name} chooses its steps by rtol and atol (bound them with maxStep)`,
    )
  }
  const size = positive('step', step)
  if (!Number.isFinite(size)) throw new IvpInputError('step', step, 'must be finite')
  if (!Number.isFinite(length)) {
    throw new IvpInputError('tSpan', length, `must be finite for the fixed-step method ${method.name}`)
  }
  // A longer step is the only one, and ends on t1
  if (size >= length) return size
  const t = Math.max(Math.abs(t0), Math.abs(t1))
  const spacing = spacingAt(t)
  const cure = 'integrate in time relative to t0'
  if (size < spacing) {
    throw new IvpInputError(
      'step',
      step,
      `must be at least the spacing of numbers at t = ${t}, ${spacing}, or times repeat; ${cure}`,
    )
  }
  if (size < COARSE * spacing) {
    const count = Number((size / spacing).toPrecision(3))
    warnings.push(
      `\`step\` is only ${count} spacings of numbers at t = ${t}, to which times are rounded; ${cure}.`,
    )
  }
  return size
}

/** Options that do nothing with this method: a warning each, as in scipy. */
export function warnUnused(options: object, method: Method, warnings: string[]): void {
  const unused = method.kind === 'implicit' ? [] : ['jac', 'jacSparsity', 'lband', 'uband']
  // Implicit methods control their steps by themselves
  if (method.kind !== 'explicit') unused.push('controller')
  if (method.kind === 'fixedStep') unused.push('rtol', 'atol', 'firstStep', 'maxStep')
  if (method.name !== 'LSODA') unused.push('minStep')
  for (const name of unused) {
    if (((options as Record<string, unknown>)[name] ?? null) !== null)
      warnings.push(`\`${name}\` has no effect on ${method.name}.`)
  }
}

/** Widths of the band; a missing one counts as 0 when the other is given, as in scipy. */
export function checkBand(
  lband: unknown,
  uband: unknown,
  n: number,
): readonly [lower: number, upper: number] | null {
  if ((lband ?? null) === null && (uband ?? null) === null) return null
  const width = (option: string, value: unknown): number => {
    const given = value ?? 0
    if (typeof given !== 'number' || !Number.isInteger(given) || given < 0 || given >= Math.max(n, 1))
      throw new IvpInputError(option, value, `must be a whole number from 0 to ${n - 1}`)
    return given
  }
  return [width('lband', lband), width('uband', uband)]
}
