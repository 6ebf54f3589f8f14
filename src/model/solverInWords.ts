import type { TrainOptions } from './trainOptions.ts'

/** The solver of a training in words, for people. */
export function solverInWords({ method, step, rtol }: TrainOptions): string {
  return step === null ? `${method} at tolerance ${rtol}` : `${method} with steps of ${step}`
}
