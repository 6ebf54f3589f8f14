import type { AdaptiveMethod, FixedStepMethod, IvpOptions } from '../../src/index.ts'

export const ADAPTIVE: ReadonlyArray<AdaptiveMethod> = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA']
export const FIXED: ReadonlyArray<FixedStepMethod> = ['Euler', 'Midpoint', 'Heun', 'RK4']

/** Every method with the options it cannot do without, for a span of about 1. */
export const EVERY_METHOD: ReadonlyArray<{ readonly method: AdaptiveMethod | FixedStepMethod } & IvpOptions> =
  [...ADAPTIVE.map((method) => ({ method })), ...FIXED.map((method) => ({ method, step: 1 / 64 }))]
