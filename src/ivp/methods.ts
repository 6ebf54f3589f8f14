import type { ErkMethod } from './method/butcherTableau.ts'
import { dop853 } from './method/dop853.ts'
import { euler, heun, midpoint, rk4 } from './method/fixedStep.ts'
import { rk23 } from './method/rk23.ts'
import { rk45 } from './method/rk45.ts'
import type { MethodName } from './options.ts'

/** A method, by what it needs to run. */
export type Method =
  | { readonly kind: 'explicit' | 'fixedStep'; readonly name: string; readonly erk: ErkMethod }
  | { readonly kind: 'implicit'; readonly name: 'Radau' | 'BDF' | 'LSODA' }

/** An explicit Runge-Kutta method: adaptive if it can estimate its error. */
export function explicit(erk: ErkMethod): Method {
  return { kind: erk.error.kind === 'none' ? 'fixedStep' : 'explicit', name: erk.name, erk }
}

/** The methods by name. */
export const METHODS: Readonly<Record<MethodName, Method>> = {
  RK23: explicit(rk23),
  RK45: explicit(rk45),
  DOP853: explicit(dop853),
  Radau: { kind: 'implicit', name: 'Radau' },
  BDF: { kind: 'implicit', name: 'BDF' },
  LSODA: { kind: 'implicit', name: 'LSODA' },
  Euler: explicit(euler),
  Midpoint: explicit(midpoint),
  Heun: explicit(heun),
  RK4: explicit(rk4),
}

/** The names of the methods of a kind. */
export function methodsOfKind(kind: Method['kind']): ReadonlyArray<MethodName> {
  return (Object.keys(METHODS) as MethodName[]).filter((name) => METHODS[name].kind === kind)
}
