import type { ScaleOptions } from '@observablehq/plot'

/** The data with room at both ends: a tenth of the axis. */
export function logDomain(values: readonly number[]): [number, number] {
  const logs = values.filter((value) => value > 0 && value < Infinity).map(Math.log10)
  if (logs.length === 0) return [0.1, 10]
  const [low, high] = [Math.min(...logs), Math.max(...logs)]
  const room = Math.max(0.05, (high - low) * 0.05)
  return [10 ** (low - room), 10 ** (high + room)]
}

export interface Ticks {
  readonly ticks: number | number[]
  readonly tickFormat?: (value: number) => string
}

/** About `count` ticks, see `logTicks`. */
export function ticksOf({ type, domain }: ScaleOptions, count: number): Ticks {
  if (type !== 'log') return { ticks: count }
  const ends = Array.from(domain as Iterable<number>) as [number, number]
  return { ticks: logTicks(ends, count), tickFormat: decimal }
}

/** About `count` powers of ten; 1, 2 and 5 times these where that is not too many, or there would be fewer than three. */
export function logTicks([low, high]: readonly [number, number], count = 9): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)]
  const powers = last - first + 1
  const stride = Math.max(1, Math.ceil(powers / count))
  const factors = powers < 3 || 3 * powers <= count ? [1, 2, 5] : [1]
  const ticks: number[] = []
  for (let exponent = first - 1; exponent <= last; exponent++) {
    if (exponent % stride !== 0) continue
    ticks.push(...factors.map((factor) => Number(`${factor}e${exponent}`)))
  }
  return ticks.filter((tick) => tick >= low && tick <= high)
}

/** 100 and 0.02 as they are, others as 1e-5. */
function decimal(value: number): string {
  return value >= 1e-3 && value < 1e5 ? String(value) : value.toExponential().replace('e+', 'e')
}
