import type { StepRecord } from '../metrics.ts'

/** Gradients of a training that were replaced by others: said the first time in full, then as a number. */
export class ReplacedGradients {
  #steps = 0

  /** What is to be said now; null for nothing. */
  of({ step, warning }: StepRecord): string | null {
    if (warning === undefined) return null
    this.#steps++
    if (this.#steps > 1) return null
    return `step ${step}: ${warning} (Said once; every such step has it in metrics.jsonl.)`
  }

  /** What is to be said at the end. @param last - the number of steps */
  inAll(last: number): string | null {
    return this.#steps < 2 ? null : `${this.#steps} of ${last} steps had their gradient replaced.`
  }
}
