import { IvpInputError } from '../ivp/index.ts'

/** @throws IvpInputError for a number of checkpoints that is none */
export function checkCheckpoints(checkpoints: unknown): void {
  if (checkpoints === undefined || (typeof checkpoints === 'number' && checkpoints >= 2)) return
  throw new IvpInputError('checkpoints', checkpoints, 'must be a number of states, at least 2')
}

/** That the option was given to a gradient which keeps no states of steps. */
export function checkpointsUnused(gradient: string): string {
  return `\`checkpoints\` has no effect on gradient '${gradient}', which keeps no states of steps.`
}
