import { tf } from '../../src/bridge/tensor.ts'

type RunKernel = ReturnType<typeof tf.engine>['runKernel']
type Inputs = Parameters<RunKernel>[1]

/** Numbers in a tensor of rank 1 from which on it is a state or all parameters: those of the net itself are shorter. */
const SOLVERS = 1000

/**
 * Seconds in each operation of tfjs, its start and its record on a tape included, those that it calls itself left out. For backends that compute before they return. Operations on
 * states in one row are the solver's and counted apart, since the net's own take images.
 */
export class KernelClock {
  readonly #seconds = new Map<string, number>()
  #solver = 0
  /** Time in operations that the one in progress called. */
  #inner = 0

  constructor() {
    const engine = tf.engine()
    const theirs = engine.runKernel
    engine.runKernel = ((name, inputs, attributes) =>
      this.#time(name, inputs, () => theirs.call(engine, name, inputs, attributes))) as RunKernel
  }

  restart(): void {
    this.#seconds.clear()
    this.#solver = 0
  }

  /** In operations of the solver. */
  solver(): number {
    return this.#solver
  }

  /** In operations of the net. */
  net(): number {
    return [...this.#seconds.values()].reduce((sum, seconds) => sum + seconds, 0)
  }

  /** Shares of `whole` by operation, largest first; those below `least` are summed as 'others'. */
  shares(whole: number, least: number): Record<string, number> {
    const shares: Record<string, number> = {}
    let others = 0
    for (const [name, seconds] of [...this.#seconds].sort(([, a], [, b]) => b - a)) {
      if (seconds / whole < least) others += seconds / whole
      else shares[name] = seconds / whole
    }
    return { ...shares, others }
  }

  #time<T>(name: string, inputs: Inputs, body: () => T): T {
    const outer = this.#inner
    this.#inner = 0
    const start = performance.now()
    const result = body()
    const seconds = (performance.now() - start) / 1000
    const own = seconds - this.#inner
    if (isSolvers(inputs)) this.#solver += own
    else this.#seconds.set(name, (this.#seconds.get(name) ?? 0) + own)
    this.#inner = outer + seconds
    return result
  }
}

function isSolvers(inputs: Inputs): boolean {
  return Object.values(inputs).some((x) => x?.shape?.length === 1 && x.shape[0]! >= SOLVERS)
}
