import type { FloatArray } from '../ivp/index.ts'
import type { BackwardOptions } from './continuousAdjoint.ts'

/** That an option was given to a gradient which does not look at it. */
export function hasNoEffect(name: string, gradient: 'interpolating' | 'discrete'): string {
  const why =
    gradient === 'discrete'
      ? 'which goes back over the forward steps'
      : 'which does not solve the state backwards'
  return `\`backward.${name}\` has no effect on gradient '${gradient}', ${why}.`
}

/** Of the options that only 'backsolve' looks at, those given to 'interpolating'. */
export function unusedWithoutBacksolve<V extends FloatArray>(
  backward: BackwardOptions<V> | undefined,
): string[] {
  const given = (['otherwise', 'reconstruction'] as const).filter((name) => backward?.[name] !== undefined)
  return given.map((name) => hasNoEffect(name, 'interpolating'))
}
