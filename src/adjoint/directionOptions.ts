import type { FloatArray, IvpOptions } from '../ivp/index.ts'

/** The options of `solveIvp` that one direction of a solve takes. */
export const DIRECTION_OPTIONS = [
  'method',
  'rtol',
  'atol',
  'firstStep',
  'maxStep',
  'step',
  'maxSteps',
  'signal',
  'controller',
] as const

/** Options of one direction of a solve. */
export type DirectionOptions<V extends FloatArray> = Pick<IvpOptions<V>, (typeof DIRECTION_OPTIONS)[number]>

/** What a type of options adds to those of a direction. */
export type BesideDirection<O> = Omit<O, (typeof DIRECTION_OPTIONS)[number]>

/** For those who expect all options of `solveIvp` where output times and a right-hand side with its products are given. */
export const INSTEAD_OF_SOLVE_OPTIONS: Readonly<Record<string, string>> = {
  tEval: 'the output times are an argument, `ts`',
  denseOutput: 'states between the output times are had by giving those times in `ts` too',
  save: 'give the first and the last time alone as `ts`',
  events: 'an event that ends a solve has gradients by `solveToEvent`',
  args: 'let `rhs` close over them; what gets a gradient is a parameter of `rhs`',
  params: 'they belong to `rhs`, which says by `nParams` how many there are',
}
