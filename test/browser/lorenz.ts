import type { solveIvp as solve } from '../../src/index.ts'

/** Times and states, one after another. */
export interface LorenzRun {
  readonly t: ReadonlyArray<number>
  readonly states: ReadonlyArray<number>
  readonly nfev: number
}

/** Lorenz's system by a method; takes the solver from the caller, so that it runs in Node and in a page. */
export function lorenz(solveIvp: typeof solve, method: 'RK45' | 'Radau'): LorenzRun {
  const { t, states, nfev } = solveIvp(
    (_t, [x, y, z]) => [10 * (y! - x!), x! * (28 - z!) - y!, x! * y! - (8 / 3) * z!],
    [0, 2],
    [1, 1, 1],
    { method, rtol: 1e-6, atol: 1e-9 },
  )
  return { t: Array.from(t), states: states.flatMap((state) => Array.from(state)), nfev }
}
