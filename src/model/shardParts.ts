import type { TrainingShard } from './shard.ts'

/** Cuts a shard into at most so many parts of equal size, to one image: copies, or the shard itself where it is the only part. Their order is that of the images. */
export function cut(shard: TrainingShard, most: number): TrainingShard[] {
  const { pixels, labels, mask } = shard
  const n = labels.length
  const parts = Math.min(most, n)
  if (parts === 1) return [shard]
  const slice = <T extends Uint8Array | Float32Array>(data: T, from: number, to: number): T =>
    data.slice((from * data.length) / n, (to * data.length) / n) as T
  return Array.from({ length: parts }, (_, m) => {
    const [from, to] = [Math.floor((m * n) / parts), Math.floor(((m + 1) * n) / parts)]
    return {
      pixels: slice(pixels, from, to),
      labels: labels.slice(from, to),
      mask: mask === null ? null : slice(mask, from, to),
    }
  })
}
