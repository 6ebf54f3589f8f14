import { IvpInputError } from '../errors.ts'
import type { ErkMethod } from '../method/butcherTableau.ts'
import { METHODS, explicit, type Method } from '../methods.ts'
import { positive } from './number.ts'

/** A method by its name, or a method object. */
export function checkMethod(method: unknown): Method {
  if (typeof method === 'string') {
    if (Object.hasOwn(METHODS, method)) return METHODS[method as keyof typeof METHODS]
    const close = Object.keys(METHODS).find((name) => name.toLowerCase() === method.toLowerCase())
    if (close !== undefined) throw new IvpInputError('method', method, `is spelled '${close}'`)
  } else if (typeof method === 'object' && method !== null && 'tableau' in method) {
    return explicit(method as ErkMethod)
  }
  throw new IvpInputError(
    'method',
    method,
    `must be one of ${Object.keys(METHODS).join(', ')} or a method object`,
  )
}

/** The size of equal steps: needed by fixed-step methods, meaningless for the others. */
export function checkStep(step: unknown, method: Method, length: number): number | null {
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
  return size
}

/** Options that do nothing with this method: a warning each, as in scipy. */
export function warnUnused(options: object, method: Method, warnings: string[]): void {
  const unused = method.kind === 'implicit' ? [] : ['jac', 'jacSparsity', 'lband', 'uband']
  if (method.kind === 'fixedStep') unused.push('rtol', 'atol', 'firstStep', 'maxStep')
  if (method.name !== 'LSODA') unused.push('minStep')
  for (const name of unused) {
    if ((options as Record<string, unknown>)[name] !== undefined)
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
