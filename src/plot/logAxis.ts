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

/** About `count` ticks. On a logarithmic axis powers of ten, and where there are fewer than three, 2 and 5 times these too. */
export function ticksOf({ type, domain }: ScaleOptions, count: number): Ticks {
  if (type !== 'log') return { ticks: count }
  const [low, high] = Array.from(domain as Iterable<number>) as [number, number]
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)]
  const stride = Math.max(1, Math.ceil((last - first + 1) / count))
  const factors = last - first < 2 ? [1, 2, 5] : [1]
  const ticks: number[] = []
  for (let exponent = first - 1; exponent <= last; exponent++) {
    if (exponent % stride !== 0) continue
    ticks.push(...factors.map((factor) => Number(`${factor}e${exponent}`)))
  }
  return { ticks: ticks.filter((tick) => tick >= low && tick <= high), tickFormat: decimal }
}

/** 100 and 0.02 as they are, others as 1e-5. */
function decimal(value: number): string {
  return value >= 1e-3 && value < 1e5 ? String(value) : value.toExponential().replace('e+', 'e')
}
