/** Length of a batch, in milliseconds: long against the clock's resolution, short against other work on the machine. */
const BATCH = 1
/** A run of so many milliseconds is not repeated: it needs no warming up. */
const LONG = 500

/**
 * Smallest mean duration of a batch of runs, in seconds, over `budget` seconds: at least three batches, or the first run if that is long.
 */
export function bestTime(run: () => void, budget: number): number {
  const start = performance.now()
  run()
  const first = performance.now() - start
  const isLong = first > LONG
  const least = isLong ? 0 : 3
  let batch = Math.ceil(BATCH / first)
  let best = isLong ? first : Infinity
  for (let rounds = 0; performance.now() - start < budget * 1e3 || rounds < least; rounds++) {
    const from = performance.now()
    for (let i = 0; i < batch; i++) run()
    const each = (performance.now() - from) / batch
    if (each < best) best = each
    // The first, interpreted runs say little about how many fit into a batch
    if (each * batch < BATCH / 2) batch = Math.ceil(BATCH / each)
  }
  return best / 1e3
}
