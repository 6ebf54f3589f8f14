import type { AdaptiveMethod, FixedStepMethod, MethodName } from '../../src/index.ts'
import { METHODS } from '../../src/ivp/methods.ts'

export const METHOD_NAMES: ReadonlyArray<MethodName> = Object.keys(METHODS) as MethodName[]

const isFixedStep = (method: MethodName): method is FixedStepMethod => METHODS[method].kind === 'fixedStep'

export const FIXED: ReadonlyArray<FixedStepMethod> = METHOD_NAMES.filter(isFixedStep)
export const ADAPTIVE: ReadonlyArray<AdaptiveMethod> = METHOD_NAMES.filter(
  (method): method is AdaptiveMethod => !isFixedStep(method),
)

export interface MethodOptions {
  readonly method: MethodName
  readonly step?: number
}

/** The step that a method cannot do without, as options: none for an adaptive one. */
export const stepFor = (method: MethodName, step: number): { readonly step?: number } =>
  isFixedStep(method) ? { step } : {}

/** Every method with the options it cannot do without, for a span of about 1. */
export const EVERY_METHOD: ReadonlyArray<MethodOptions> = METHOD_NAMES.map((method) => ({
  method,
  ...stepFor(method, 1 / 64),
}))
