import { BLUE, GREEN, ORANGE } from './colors.ts'
import type { TrainingRecord } from './trainingRecord.ts'

const NETS = [
  { net: 'odenet', name: 'ODENet', color: BLUE },
  { net: 'stem', name: 'stem only', color: ORANGE },
  { net: 'resnet', name: 'ResNet', color: GREEN },
] as const

/** A smoothed value is the mean over this share of the run, so that long and short runs look equally calm. */
const SMOOTHED_SHARE = 0.04
/** A raw curve is drawn with two points (lowest, highest) in each of this many parts of the run. */
const RAW_PARTS = 400

export interface Point {
  readonly x: number
  readonly y: number
}

/** What is known of one quantity; points have finite coordinates and ascend in x. */
export interface Series {
  readonly name: string
  readonly color: string
  /** Noisy measurements: drawn faint, and smoothed. */
  readonly raw: readonly Point[]
  readonly smooth: readonly Point[]
  /** Few, exact measurements: drawn as dots. */
  readonly measured: readonly Point[]
}

export function seriesOfNets(
  records: readonly TrainingRecord[],
  value: (r: TrainingRecord) => number,
): Series[] {
  return NETS.map(({ net, name, color }) => {
    const own = records.filter((r) => r.net === net)
    const raw = points(
      own.filter((r) => r.kind === 'step'),
      value,
    )
    const measured = points(
      own.filter((r) => r.kind === 'eval'),
      value,
    )
    return { name, color, raw, smooth: movingMean(raw), measured }
  })
}

/** In the order of x: a run that was resumed may have gone over some steps twice. */
export function points<R extends TrainingRecord>(records: readonly R[], value: (r: R) => number): Point[] {
  return records
    .map((r) => ({ x: r.images, y: value(r) }))
    .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y))
    .sort((a, b) => a.x - b.x)
}

/**
 * Mean over a window around each point. At the start, where curves are steep, the window shrinks on both sides alike;
 * at the end it only loses its right side, so that the last value is still a mean and not one batch.
 */
export function movingMean(raw: readonly Point[]): Point[] {
  const half = Math.ceil((raw.length * SMOOTHED_SHARE) / 2)
  const sums = [0]
  for (const p of raw) sums.push(sums.at(-1)! + p.y)
  return thinned(
    raw.map(({ x }, i) => {
      const reach = Math.min(half, i)
      const [from, to] = [i - reach, Math.min(i + reach + 1, raw.length)]
      return { x, y: (sums[to]! - sums[from]!) / (to - from) }
    }),
  )
}

/** The lowest and the highest point of each part of a long curve; a short one as it is. Ends are kept. */
export function thinned(curve: readonly Point[]): Point[] {
  if (curve.length <= 2 * RAW_PARTS) return [...curve]
  const kept: Point[] = [curve[0]!]
  for (let part = 0; part < RAW_PARTS; part++) {
    const from = Math.floor((part * curve.length) / RAW_PARTS)
    const members = curve.slice(from, Math.floor(((part + 1) * curve.length) / RAW_PARTS))
    const lowest = members.reduce((a, b) => (b.y < a.y ? b : a))
    const highest = members.reduce((a, b) => (b.y > a.y ? b : a))
    kept.push(...(lowest.x <= highest.x ? [lowest, highest] : [highest, lowest]))
  }
  kept.push(curve.at(-1)!)
  return kept
}
