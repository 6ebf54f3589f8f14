import type { AdaptiveMethod, FixedStepMethod, MethodName } from '../../src/index.ts'

export const ADAPTIVE: ReadonlyArray<AdaptiveMethod> = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA']
export const FIXED: ReadonlyArray<FixedStepMethod> = ['Euler', 'Midpoint', 'Heun', 'RK4']

export interface MethodOptions {
  readonly method: MethodName
  readonly step?: number
}

/** Every method with the options it cannot do without, for a span of about 1. */
export const EVERY_METHOD: ReadonlyArray<MethodOptions> = [
  ...ADAPTIVE.map((method) => ({ method })),
  ...FIXED.map((method) => ({ method, step: 1 / 64 })),
]
