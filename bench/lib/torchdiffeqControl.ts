import type { StepController } from '../../src/index.ts'

/**
 * What torchdiffeq's dopri5 takes for the error, as a share of Dormand and Prince's estimate (and scipy's): it has the embedded formula of order 4 by Shampine,
 * 1951/21600, 0, 22642/50085, 451/720, -12231/42400, 649/6300, 1/60, whose distance from the solution is exactly two thirds of theirs.
 */
export const THEIR_SHARE: number = 2 / 3

/** The controller of `solveIvp` with that share of the error. */
export const withShare = (controller: StepController, share: number): StepController => ({
  judge: (attempt) => controller.judge({ ...attempt, errorNorm: share * attempt.errorNorm }),
})

/**
 * torchdiffeq's step control: as the integral controller of `solveIvp`, but an accepted step never makes the next one shorter (ours makes it
 * 0.9 times as long at an error of exactly one tolerance), and the next one may grow after a rejection (ours may not, as in scipy).
 */
export const torchdiffeqControl: StepController = {
  judge({ errorNorm, errorOrder }) {
    if (errorNorm === 0) return { accept: true, factor: 10 }
    const least = errorNorm < 1 ? 1 : 0.2
    const wanted = 0.9 * errorNorm ** (-1 / (errorOrder + 1))
    return { accept: errorNorm <= 1, factor: Math.min(10, Math.max(wanted, least)) }
  },
}
