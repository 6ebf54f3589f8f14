import { IvpInputError } from './errors.ts'
import type { ErkMethod } from './method/butcherTableau.ts'
import { rk45 } from './method/rk45.ts'
import type { EventSpec } from './event/event.ts'
import type { StepController } from './control/stepController.ts'
import type { SaveMode } from './output/observer.ts'
import type { RhsForm } from './rhs.ts'
import type { NormBlocks } from './space/norm.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import type { Tolerance } from './space/vectorSpace.ts'

/** Names of the methods. */
export type MethodName = 'RK45'

/** An event function; the attributes may hang on it, as in scipy. */
export interface EventFunction<V, A extends ReadonlyArray<unknown> = []> {
  (t: number, y: V, ...args: A): number
  terminal?: boolean | number
  direction?: number
}

/** An event function with its attributes beside it. */
export interface EventObject<V, A extends ReadonlyArray<unknown> = []> {
  readonly fn: (t: number, y: V, ...args: A) => number
  readonly terminal?: boolean | number | undefined
  readonly direction?: number | undefined
}

export type EventOption<V, A extends ReadonlyArray<unknown> = []> = EventFunction<V, A> | EventObject<V, A>

/** Progress of a solve, reported after each accepted step. */
export interface StepInfo<V> {
  readonly t: number
  /** Valid during the call only. */
  readonly y: V
  readonly tOld: number
  readonly nfev: number
}

/** Options of `solveIvp`: scipy's in camelCase; what goes beyond scipy is marked ★. */
export interface IvpOptions<V extends FloatArray = FloatArray, A extends ReadonlyArray<unknown> = []> {
  /** Default 'RK45'. ★ A method object is taken too. */
  readonly method?: MethodName | ErkMethod | undefined
  /** Times to report at, sorted along the integration and within the span. Default: every step. */
  readonly tEval?: ArrayLike<number> | undefined
  readonly denseOutput?: boolean | undefined
  readonly events?: EventOption<V, A> | ReadonlyArray<EventOption<V, A>> | undefined
  /** `fun` takes and returns n rows of k columns. */
  readonly vectorized?: boolean | undefined
  /** Passed on to `fun` and the events after t and y. */
  readonly args?: A | undefined
  /** Relative tolerance, one number or one per component. Default 1e-3. */
  readonly rtol?: number | ArrayLike<number> | undefined
  /** Absolute tolerance, one number or one per component. Default 1e-6. */
  readonly atol?: number | ArrayLike<number> | undefined
  readonly firstStep?: number | undefined
  readonly maxStep?: number | undefined
  /** ★ `fun(t, y, dydt, ...args)` writes into dydt. */
  readonly inPlace?: boolean | undefined
  /** ★ 'last' keeps the end state only. Default 'steps'. */
  readonly save?: SaveMode | undefined
  /** ★ Bound on the number of accepted steps. */
  readonly maxSteps?: number | undefined
  /** ★ Ends the solve between two steps; the partial solution is returned with failure 'aborted'. */
  readonly signal?: AbortSignal | undefined
  /** ★ Called after each accepted step. */
  readonly onStep?: ((step: StepInfo<V>) => void) | undefined
  /** ★ Decides acceptance and the next step size from numbers alone. */
  readonly controller?: StepController | undefined
  /** ★ Blocks of components that count in the error norm (the largest RMS of them). Default: all as one. */
  readonly norm?: NormBlocks | undefined
}

/** Options after validation, with every default filled in. */
export interface Problem<V extends FloatArray> {
  readonly t0: number
  readonly t1: number
  readonly direction: number
  readonly y0: V
  readonly method: ErkMethod
  readonly tolerance: Tolerance
  readonly tEval: Float64Array | null
  readonly isDense: boolean
  readonly events: ReadonlyArray<EventSpec<V>> | null
  readonly args: ReadonlyArray<unknown>
  readonly form: RhsForm
  readonly firstStep: number | null
  readonly maxStep: number
  readonly maxSteps: number
  readonly save: SaveMode
  readonly norm: NormBlocks
  readonly warnings: ReadonlyArray<string>
}

const METHODS: Record<MethodName, ErkMethod> = { RK45: rk45 }

const KNOWN_OPTIONS = new Set<string>([
  'method',
  'tEval',
  'denseOutput',
  'events',
  'vectorized',
  'args',
  'rtol',
  'atol',
  'firstStep',
  'maxStep',
  'inPlace',
  'save',
  'maxSteps',
  'signal',
  'onStep',
  'controller',
  'norm',
])

/** Below this an rtol asks for more than rounding allows: 100 spacings in float64 as in scipy, and likewise in float32. */
const RTOL_FLOOR = { float64: 100 * Number.EPSILON, float32: 1.2e-5 }

/**
 * Checks everything that the caller wrote, before any arithmetic, and fills in the defaults.
 * @throws IvpInputError
 */
export function checkProblem<V extends FloatArray, A extends ReadonlyArray<unknown>>(
  fun: unknown,
  tSpan: unknown,
  y0: unknown,
  options: IvpOptions<V, A>,
): Problem<V> {
  if (typeof fun !== 'function') throw new IvpInputError('fun', fun, 'must be a function (t, y) => dy/dt')
  checkNames(options)
  const [t0, t1] = checkSpan(tSpan)
  const state = checkState(y0) as V
  const n = state.length
  const warnings: string[] = []
  const form = checkForm(options)
  const args = checkArgs(options.args)
  return {
    t0,
    t1,
    direction: t1 === t0 ? 1 : Math.sign(t1 - t0),
    y0: state,
    method: checkMethod(options.method ?? 'RK45'),
    tolerance: {
      rtol: checkRtol(options.rtol ?? 1e-3, n, state, warnings),
      atol: checkAtol(options.atol ?? 1e-6, n),
    },
    tEval: checkTEval(options.tEval, t0, t1),
    isDense: options.denseOutput ?? false,
    events: checkEvents<V>(options.events, args),
    args,
    form,
    firstStep: checkFirstStep(options.firstStep, Math.abs(t1 - t0)),
    maxStep: positive('maxStep', options.maxStep ?? Infinity),
    maxSteps: checkMaxSteps(options.maxSteps ?? Infinity),
    save: checkSave(options.save ?? 'steps'),
    norm: checkNorm(options.norm, n),
    warnings,
  }
}

function checkNames(options: object): void {
  if (options === null || typeof options !== 'object') {
    throw new IvpInputError('options', options, 'must be an object of options')
  }
  for (const name of Object.keys(options)) {
    if (KNOWN_OPTIONS.has(name)) continue
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const hint = KNOWN_OPTIONS.has(camel) ? `; write \`${camel}\`` : ''
    throw new IvpInputError(
      name,
      (options as Record<string, unknown>)[name],
      `is not an option${hint} (known: ${[...KNOWN_OPTIONS].join(', ')})`,
    )
  }
}

function checkSpan(span: unknown): [number, number] {
  const list = isArrayLike(span) ? Array.from(span) : []
  if (list.length !== 2) throw new IvpInputError('tSpan', span, 'must be two numbers [t0, t1]')
  const [t0, t1] = list
  if (typeof t0 !== 'number' || !Number.isFinite(t0))
    throw new IvpInputError('tSpan', span, 'must start at a finite t0')
  if (typeof t1 !== 'number' || Number.isNaN(t1)) {
    throw new IvpInputError('tSpan', span, 'must end at a number t1 (Infinity is allowed)')
  }
  return [t0, t1]
}

function checkState(y0: unknown): FloatArray {
  const expected = 'must be a flat Float64Array, Float32Array or array of finite numbers'
  if (!isArrayLike(y0)) throw new IvpInputError('y0', y0, expected)
  if (!(y0 instanceof Float64Array || y0 instanceof Float32Array)) {
    if (!Array.from(y0).every((value) => typeof value === 'number'))
      throw new IvpInputError('y0', y0, expected)
  }
  const state = y0 instanceof Float32Array ? y0.slice() : Float64Array.from(y0 as ArrayLike<number>)
  if (!state.every(Number.isFinite)) {
    const at = state.findIndex((value) => !Number.isFinite(value))
    throw new IvpInputError('y0', state[at], `must be finite in every component (component ${at} is not)`)
  }
  return state
}

function checkForm(options: { vectorized?: boolean | undefined; inPlace?: boolean | undefined }): RhsForm {
  if (options.vectorized && options.inPlace) {
    throw new IvpInputError('inPlace', true, 'cannot be combined with `vectorized`; choose one')
  }
  return options.inPlace ? 'inPlace' : options.vectorized ? 'vectorized' : 'returning'
}

function checkArgs(args: unknown): ReadonlyArray<unknown> {
  if (args === undefined) return []
  if (!Array.isArray(args))
    throw new IvpInputError('args', args, 'must be an array, also for one argument: args: [a]')
  return args
}

function checkMethod(method: unknown): ErkMethod {
  if (typeof method === 'string') {
    const known = METHODS[method as MethodName]
    if (known !== undefined && Object.hasOwn(METHODS, method)) return known
  } else if (typeof method === 'object' && method !== null && 'tableau' in method) {
    return method as ErkMethod
  }
  throw new IvpInputError(
    'method',
    method,
    `must be one of ${Object.keys(METHODS).join(', ')} or a method object`,
  )
}

function checkTolerance(option: 'rtol' | 'atol', value: unknown, n: number): number | Float64Array {
  const expected = `must be a number >= 0, or ${n} of them (one per component)`
  if (typeof value === 'number') {
    if (!(value >= 0)) throw new IvpInputError(option, value, expected)
    return value
  }
  if (!isArrayLike(value) || value.length !== n) throw new IvpInputError(option, value, expected)
  const vector = Float64Array.from(value as ArrayLike<number>)
  if (!vector.every((component) => component >= 0)) throw new IvpInputError(option, value, expected)
  return vector
}

function checkAtol(value: unknown, n: number): number | Float64Array {
  return checkTolerance('atol', value, n)
}

function checkRtol(value: unknown, n: number, y0: FloatArray, warnings: string[]): number | Float64Array {
  const rtol = checkTolerance('rtol', value, n)
  const precision = y0 instanceof Float32Array ? 'float32' : 'float64'
  const floor = RTOL_FLOOR[precision]
  const isBelow = typeof rtol === 'number' ? rtol < floor : rtol.some((component) => component < floor)
  if (!isBelow) return rtol
  warnings.push(`\`rtol\` is below what ${precision} can resolve and was raised to ${floor}.`)
  return typeof rtol === 'number' ? floor : rtol.map((component) => Math.max(component, floor))
}

function checkTEval(value: unknown, t0: number, t1: number): Float64Array | null {
  if (value === undefined || value === null) return null
  if (!isArrayLike(value) || !Array.from(value).every((t) => typeof t === 'number')) {
    throw new IvpInputError('tEval', value, 'must be a flat array of times')
  }
  const times = Float64Array.from(value as ArrayLike<number>)
  const [least, greatest] = t0 < t1 ? [t0, t1] : [t1, t0]
  if (!times.every((t) => t >= least && t <= greatest)) {
    throw new IvpInputError('tEval', value, `must lie within the span [${t0}, ${t1}]`)
  }
  const direction = Math.sign(t1 - t0)
  for (let i = 1; i < times.length; i++) {
    if (direction !== 0 && !(direction * (times[i]! - times[i - 1]!) > 0)) {
      const order = direction > 0 ? 'increase' : 'decrease'
      throw new IvpInputError(
        'tEval',
        value,
        `must strictly ${order} along the integration from ${t0} to ${t1}`,
      )
    }
  }
  return times
}

function checkEvents<V extends FloatArray>(
  events: unknown,
  args: ReadonlyArray<unknown>,
): ReadonlyArray<EventSpec<V>> | null {
  if (events === undefined || events === null) return null
  const list: unknown[] = Array.isArray(events) ? events : [events]
  return list.map((event) => checkEvent<V>(event, args))
}

function checkEvent<V extends FloatArray>(event: unknown, args: ReadonlyArray<unknown>): EventSpec<V> {
  const spec = (typeof event === 'function' ? Object.assign({ fn: event }, event) : event) as {
    fn?: unknown
    terminal?: unknown
    direction?: unknown
  } | null
  if (typeof spec?.fn !== 'function') {
    throw new IvpInputError(
      'events',
      event,
      'must be functions (t, y) => number or objects { fn, terminal, direction }',
    )
  }
  const { terminal = false, direction = 0 } = spec
  const isCount = typeof terminal === 'number' && Number.isInteger(terminal) && terminal > 0
  if (typeof terminal !== 'boolean' && !isCount && terminal !== 0) {
    throw new IvpInputError(
      'events.terminal',
      terminal,
      'must be true, false or a positive whole number of occurrences',
    )
  }
  if (typeof direction !== 'number' || Number.isNaN(direction)) {
    throw new IvpInputError(
      'events.direction',
      direction,
      'must be a positive number, a negative number or 0',
    )
  }
  const fn = spec.fn as (...rest: unknown[]) => number
  return {
    g: (t, y) => fn(t, y, ...args),
    terminalCount: typeof terminal === 'number' && terminal > 0 ? terminal : terminal === true ? 1 : Infinity,
    direction,
  }
}

function positive(option: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0))
    throw new IvpInputError(option, value, 'must be a positive number')
  return value
}

function checkFirstStep(value: unknown, length: number): number | null {
  if (value === undefined || value === null) return null
  const step = positive('firstStep', value)
  if (step > length)
    throw new IvpInputError('firstStep', value, `must not exceed the span of length ${length}`)
  return step
}

function checkMaxSteps(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 1))
    throw new IvpInputError('maxSteps', value, 'must be a number >= 1')
  return value
}

function checkSave(value: unknown): SaveMode {
  if (value !== 'steps' && value !== 'last')
    throw new IvpInputError('save', value, "must be 'steps' or 'last'")
  return value
}

function checkNorm(blocks: unknown, n: number): NormBlocks {
  if (blocks === undefined) return n === 0 ? [] : [[0, n]]
  const isBlock = (block: unknown): boolean =>
    Array.isArray(block) &&
    block.length === 2 &&
    block.every(Number.isInteger) &&
    block[0] >= 0 &&
    block[0] < block[1] &&
    block[1] <= n
  if (!Array.isArray(blocks) || blocks.length === 0 || !blocks.every(isBlock)) {
    throw new IvpInputError(
      'norm',
      blocks,
      `must be blocks [[from, to], ...] of components with 0 <= from < to <= ${n}`,
    )
  }
  return blocks as NormBlocks
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { length?: unknown }).length === 'number'
  )
}
