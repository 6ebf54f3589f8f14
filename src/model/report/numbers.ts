/** What stands where there is no number. */
export const NO_NUMBER = '–'

export function percent(fraction: number | null): string {
  return fraction === null || !Number.isFinite(fraction) ? NO_NUMBER : `${(100 * fraction).toFixed(2)} %`
}

export function signed(n: number): string {
  return Number.isFinite(n) ? `${n < 0 ? '−' : '+'}${Math.abs(n).toFixed(2)}` : NO_NUMBER
}

export function decimal(n: number): string {
  return Number.isFinite(n) ? n.toFixed(1) : NO_NUMBER
}

export function count(n: number): string {
  return Number.isFinite(n) ? n.toLocaleString('en') : NO_NUMBER
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_NUMBER
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  const minutes = Math.round(seconds / 60)
  const spoken = minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${spoken} (${count(Math.round(seconds))} s)`
}

/** Time in one unit. */
export function clock(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  return seconds < 6000 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** Time as a clock shows it: 3:21, 1:02:03. */
export function clockTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_NUMBER
  const whole = Math.max(0, Math.round(seconds))
  const two = (n: number): string => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`
}

export function mean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite)
  return finite.reduce((a, b) => a + b, 0) / finite.length
}

export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export function megabytes(bytes: number): string {
  const size = bytes / 1e6
  return `${size < 10 ? size.toFixed(1) : count(Math.round(size))} MB`
}

/** Two digits, whatever the size. */
export function twoDigits(n: number): string {
  if (!Number.isFinite(n)) return NO_NUMBER
  const rounded = Number(n.toPrecision(2))
  return n !== 0 && Math.abs(n) < 1e-3 ? rounded.toExponential() : String(rounded)
}
