import { Effect, Metric } from 'effect'
import type { SolveProgress } from './progress.ts'

/** What all solves of the process add up to: as Effect metrics, raised at every pause of a solve and at its end. */
export const solveMetrics: {
  /** Evaluations of f. */
  readonly nfev: Metric.Counter<number>
  /** Steps accepted. */
  readonly steps: Metric.Counter<number>
  /** Attempts of a step that were not accepted. */
  readonly rejected: Metric.Counter<number>
  /** Solves by how they ended: 'finished', 'stopped' from outside, 'timedOut', 'threw', or the kind of their failure. */
  readonly outcomes: Metric.Frequency
} = {
  nfev: counter('solve_ivp_nfev', 'Evaluations of right-hand sides'),
  steps: counter('solve_ivp_steps', 'Accepted steps'),
  rejected: counter('solve_ivp_rejected', 'Attempts of steps that were not accepted'),
  outcomes: Metric.frequency('solve_ivp_outcomes', { description: 'Solves by how they ended' }),
}

function counter(name: string, description: string): Metric.Counter<number> {
  return Metric.counter(name, { description, incremental: true })
}

/** Adds what one solve did to the metrics. */
export class Tally {
  #nfev = 0
  #nsteps = 0
  #nrejected = 0

  /** Adds what was done since the last time. */
  add({ nfev, nsteps, nrejected }: SolveProgress): Effect.Effect<void> {
    return Effect.suspend(() => {
      const added = [nfev - this.#nfev, nsteps - this.#nsteps, nrejected - this.#nrejected] as const
      this.#nfev = nfev
      this.#nsteps = nsteps
      this.#nrejected = nrejected
      return Effect.all(
        [
          Metric.update(solveMetrics.nfev, added[0]),
          Metric.update(solveMetrics.steps, added[1]),
          Metric.update(solveMetrics.rejected, added[2]),
        ],
        { discard: true },
      )
    })
  }
}
