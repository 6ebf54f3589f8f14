import { IvpInputError } from './errors.ts'
import { OdeSolver } from './odeSolver.ts'
import type { MethodName, SolverOptions } from './options.ts'
import { prepare } from './resume.ts'
import type { Flag, RightHandSide } from './rightHandSide.ts'
import type { InitialState, StateOf } from './stateTypes.ts'

/** The constructor that all solver classes share; each names its method. */
class MethodSolver<
  const Y extends InitialState = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> extends OdeSolver<StateOf<Y>> {
  static readonly method: MethodName

  /**
   * @param fun - as for `solveIvp`; its y is valid during the call only
   * @param t0 - where to start
   * @param y0 - state of length n; its element type is that of every state
   * @param tBound - where to end, before or after t0; may be infinite
   * @throws IvpInputError before the first call of `fun`
   */
  constructor(
    fun: RightHandSide<StateOf<Y>, A, P, W>,
    t0: number,
    y0: Y,
    tBound: number,
    options: SolverOptions<StateOf<Y>, A, P, W> = {},
  ) {
    demandSteps(options)
    const given = { ...options, method: new.target.method }
    super(prepare<StateOf<Y>>(fun as never, [t0, tBound], y0, given as never), null)
  }
}

/** Options that say what `solveIvp` does with its steps: of a solver object the caller does that. */
const OF_SOLVES = [
  'method',
  'tEval',
  'denseOutput',
  'events',
  'save',
  'maxSteps',
  'signal',
  'timeout',
  'onStep',
]

function demandSteps(options: unknown): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    if (!OF_SOLVES.includes(name) || value === undefined || value === null) continue
    throw new IvpInputError(
      name,
      value,
      'is for `solveIvp`; a solver object is stepped by hand, leave it out',
    )
  }
}

/** Bogacki-Shampine 3(2): loose tolerances, non-stiff. */
export class RK23<
  const Y extends InitialState = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> extends MethodSolver<Y, A, P, W> {
  static override readonly method = 'RK23'
}

/** Dormand-Prince 5(4): the default for non-stiff problems. */
export class RK45<
  const Y extends InitialState = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> extends MethodSolver<Y, A, P, W> {
  static override readonly method = 'RK45'
}

/** Dormand-Prince 8(5,3): tight tolerances, non-stiff. */
export class DOP853<
  const Y extends InitialState = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> extends MethodSolver<Y, A, P, W> {
  static override readonly method = 'DOP853'
}

/** Radau IIA of order 5: stiff problems, tight tolerances. */
export class Radau<
  const Y extends InitialState = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> extends MethodSolver<Y, A, P, W> {
  static override readonly method = 'Radau'
}

/** Backward differentiation of order 1 to 5: stiff problems. */
export class BDF<
  const Y extends InitialState = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> extends MethodSolver<Y, A, P, W> {
  static override readonly method = 'BDF'
}

/** Adams or backward differentiation, switching by itself: problems that may turn stiff. */
export class LSODA<
  const Y extends InitialState = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> extends MethodSolver<Y, A, P, W> {
  static override readonly method = 'LSODA'
}
