import { availableParallelism } from 'node:os'
import type { TrainOptions } from '../trainOptions.ts'

/** Worker threads of a training where none are asked for: native TensorFlow takes all cores by itself. */
export function usualWorkers(
  backend: TrainOptions['backend'],
  cores: number = availableParallelism(),
): number {
  return backend === 'tensorflow' ? 1 : Math.min(2, cores)
}

/** Workers beyond the cores of the machine wait for each other, and each holds a backend of its own. */
export function boundedWorkers(asked: number, cores: number = availableParallelism()): number {
  return Math.min(asked, cores)
}

/** What to say of workers that are more than the cores of the machine; null where they are not. */
export function wordOnWorkers(
  asked: number | undefined,
  cores: number = availableParallelism(),
): string | null {
  if (asked === undefined || asked <= cores) return null
  return `--workers ${asked} is more than the cores of this machine: ${cores} ${cores === 1 ? 'worker is' : 'workers are'} taken.`
}

/** The same of a run that goes on, whose number of workers stays, since it decides the last digits. */
export function wordOnKeptWorkers(kept: number, cores: number = availableParallelism()): string | null {
  if (kept <= cores) return null
  return `The run keeps its ${kept} workers, more than the ${cores === 1 ? 'one core' : `${cores} cores`} of this machine, so that it gives the same numbers; it is slower for it.`
}
