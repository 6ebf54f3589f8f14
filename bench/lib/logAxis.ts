/** Logarithmic axes of the figures: which powers of ten get a tick, and how numbers are written. */

/** The powers of ten in a range, at most `most` of them. */
export function powersOfTen([low, high]: readonly [number, number], most: number): number[] {
  const from = Math.ceil(Math.log10(low) - 1e-9)
  const to = Math.floor(Math.log10(high) + 1e-9)
  const every = Math.ceil((to - from + 1) / most)
  const ticks: number[] = []
  for (let power = from; power <= to; power++) if (power % every === 0) ticks.push(Number(`1e${power}`))
  return ticks
}

/** The smallest range from a to b with a quarter of a decade of air on both sides. */
export function logDomain(values: ReadonlyArray<number>): [number, number] {
  const air = 10 ** 0.25
  return [Math.min(...values) / air, Math.max(...values) * air]
}

/** 1e-6 as 10⁻⁶ */
export function powerLabel(value: number): string {
  const power = Math.round(Math.log10(value))
  if (power === 0) return '1'
  return `10${[...String(power)].map((letter) => SUPERSCRIPTS['-0123456789'.indexOf(letter)]).join('')}`
}

const SUPERSCRIPTS = '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'

/** 1e-5 s as 10 µs */
export function timeLabel(seconds: number): string {
  for (const [unit, size] of [
    ['s', 1],
    ['ms', 1e-3],
    ['µs', 1e-6],
  ] as const) {
    if (seconds >= size * 0.999) return `${Number((seconds / size).toPrecision(3))} ${unit}`
  }
  return `${Number((seconds * 1e9).toPrecision(3))} ns`
}
