/**
 * What is not in use of memories (or parts of one), for the next who asks. At most `mostBytes` are kept: then those that came back first are
 * left to the garbage collector.
 */
export class MemoryPool<M extends { readonly bytes: number }> {
  /** The one given back last at the end. */
  private readonly free: M[] = []
  private total = 0
  private readonly granularity: number
  private readonly mostBytes: number

  /** @param granularity - sizes are multiples of it, in bytes */
  constructor(granularity: number, mostBytes: number) {
    this.granularity = granularity
    this.mostBytes = mostBytes
  }

  /** One of at least `bytes`, and not far more; null if there is none. Its content is anything. */
  take(bytes: number): M | null {
    const { free, granularity } = this
    for (let i = free.length - 1; i >= 0; i--) {
      const memory = free[i]!
      if (memory.bytes < bytes || memory.bytes > 2 * bytes + granularity) continue
      if (i === free.length - 1) free.pop()
      else free.splice(i, 1)
      this.total -= memory.bytes
      return memory
    }
    return null
  }

  give(memory: M): void {
    // Kept, it would push out all others, and then itself
    if (memory.bytes > this.mostBytes) return
    this.free.push(memory)
    this.total += memory.bytes
    while (this.total > this.mostBytes) this.total -= this.free.shift()!.bytes
  }

  clear(): void {
    this.free.length = 0
    this.total = 0
  }
}
