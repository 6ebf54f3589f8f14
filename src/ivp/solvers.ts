import { IvpInputError } from './errors.ts'
import { OdeSolver, type SolverOptions } from './odeSolver.ts'
import type { MethodName } from './options.ts'
import { prepare } from './resume.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/** The constructor that all solver classes share; each names its method. */
class MethodSolver<
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
> extends OdeSolver<V> {
  static readonly method: MethodName

  constructor(
    fun: (t: number, y: V, ...args: [...A]) => ArrayLike<number> | number,
    t0: number,
    y0: V | ReadonlyArray<number>,
    tBound: number,
    options?: SolverOptions<V, A> & { readonly inPlace?: false | undefined },
  )
  constructor(
    fun: (t: number, y: V, dydt: V, ...args: [...A]) => void,
    t0: number,
    y0: V | ReadonlyArray<number>,
    tBound: number,
    options: SolverOptions<V, A> & { readonly inPlace: true },
  )
  constructor(
    fun: (...args: never[]) => unknown,
    t0: number,
    y0: V | ReadonlyArray<number>,
    tBound: number,
    options: SolverOptions<V, A> = {},
  ) {
    demandSteps(options)
    super(prepare<V>(fun, [t0, tBound], y0, { ...options, method: new.target.method } as never), null)
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
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
> extends MethodSolver<V, A> {
  static override readonly method = 'RK23'
}

/** Dormand-Prince 5(4): the default for non-stiff problems. */
export class RK45<
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
> extends MethodSolver<V, A> {
  static override readonly method = 'RK45'
}

/** Dormand-Prince 8(5,3): tight tolerances, non-stiff. */
export class DOP853<
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
> extends MethodSolver<V, A> {
  static override readonly method = 'DOP853'
}

/** Radau IIA of order 5: stiff problems, tight tolerances. */
export class Radau<
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
> extends MethodSolver<V, A> {
  static override readonly method = 'Radau'
}

/** Backward differentiation of order 1 to 5: stiff problems. */
export class BDF<
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
> extends MethodSolver<V, A> {
  static override readonly method = 'BDF'
}

/** Adams or backward differentiation, switching by itself: problems that may turn stiff. */
export class LSODA<
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
> extends MethodSolver<V, A> {
  static override readonly method = 'LSODA'
}
