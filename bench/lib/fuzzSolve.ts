/** Makes a case's call of `solveIvp` and runs it. */
import { makeErk, resume, solveIvp, type ErkMethod, type IvpResult, type Snapshot } from '../../src/index.ts'
import { controllerOf, eventOf, jacOf, patternOf, rhsOf } from './fuzzCallbacks.ts'
import type { CaseOptions, Form, FuzzCase } from './fuzzCase.ts'
import { repeated, startOf, timeAt } from './fuzzQuantities.ts'
import { Watch, type Floats } from './fuzzWatch.ts'

/** What is not the case's, but the check's. */
export interface Variant {
  readonly form?: Form
  readonly nested?: boolean
  readonly maxSteps?: number | undefined
  /** Goes on from here. */
  readonly from?: Snapshot
  /** With `onStep`; its snapshot after so many steps is kept. */
  readonly snapshotAt?: number
}

export interface Outcome {
  readonly result: IvpResult<Floats> | null
  /** What the solve threw. */
  readonly error: unknown
  readonly watch: Watch
  readonly snapshot: Snapshot | null
  readonly inputs: Inputs
}

/** What was handed over, and copies of it. */
export interface Inputs {
  readonly given: ReadonlyArray<ArrayLike<number>>
  readonly copies: ReadonlyArray<ReadonlyArray<number>>
}

const ownPair: ErkMethod = makeErk({
  name: 'own pair',
  order: 2,
  c: [0, 1],
  a: [[], [1]],
  b: [1 / 2, 1 / 2],
  error: { kind: 'embedded', order: 1, e: [-1 / 2, 1 / 2, 0] },
  dense: { kind: 'hermite' },
})
const ownRule: ErkMethod = makeErk({
  name: 'own rule',
  order: 2,
  c: [0, 2 / 3],
  a: [[], [2 / 3]],
  b: [1 / 4, 3 / 4],
  error: { kind: 'none' },
  dense: { kind: 'hermite' },
})

/** Runs a case once. */
export function run(given: FuzzCase, variant: Variant = {}): Outcome {
  const { method, t0, t1, n, options } = given
  const form = variant.form ?? given.form
  const watch = new Watch(given)
  const fun = rhsOf(given, form, variant.nested ?? given.nested ?? false, watch)
  let snapshot: Snapshot | null = null

  const abort = new AbortController()
  if (options.abortAfter === 0) abort.abort()
  const wantsSteps = variant.snapshotAt !== undefined || options.abortAfter !== undefined
  const onStep = (step: { t: number; y: Floats; nfev: number; snapshot: () => Snapshot }): void => {
    watch.reported++
    watch.look(step.t, step.y, watch.args)
    if (watch.reported === variant.snapshotAt) snapshot = parsed(step.snapshot())
    if (watch.reported === options.abortAfter) abort.abort()
  }

  const y0 = given.array === 'number[]' ? repeated(given.values, n) : startOf(given)
  const tolerance = (value: CaseOptions['rtol']): unknown =>
    typeof value === 'object' ? Float64Array.from(repeated(value, n)) : value
  const tEval = options.tEval && Float64Array.from(options.tEval, (share) => timeAt(given, share))
  /** Given to a solve and to `resume`. */
  const free = {
    ...defined({
      denseOutput: options.denseOutput,
      save: options.save,
      maxSteps: 'maxSteps' in variant ? variant.maxSteps : options.maxSteps,
      signal: options.abortAfter === undefined ? undefined : abort.signal,
      onStep: wantsSteps ? onStep : undefined,
      args: options.args ? watch.args : undefined,
      events: options.events?.map((event) => eventOf(event, given, watch)),
      jac: jacOf(given, watch),
      jacSparsity: patternOf(given),
      controller: controllerOf(options.controller, watch),
      vectorized: form === 'vectorized' ? true : undefined,
      inPlace: form.startsWith('inPlace') ? true : undefined,
    }),
    ...(method === 'own pair' ? { method: ownPair } : method === 'own rule' ? { method: ownRule } : {}),
  }
  const held = defined({
    method,
    rtol: tolerance(options.rtol),
    atol: tolerance(options.atol),
    firstStep: options.firstStep,
    maxStep: options.maxStep,
    minStep: options.minStep,
    step: options.step,
    tEval,
    norm: options.norm
      ?.map(([from, to]) => [Math.floor(from * n), Math.ceil(to * n)])
      .filter(([from, to]) => from! < to!),
    lband: options.lband,
    uband: options.uband,
  })
  const arrays = [y0, tEval, held['rtol'], held['atol'], watch.args[1]].filter(
    (value): value is Floats | number[] => typeof value === 'object',
  )
  const inputs = { given: arrays, copies: arrays.map((array) => Array.from(array)) }
  const outcome = (result: IvpResult<Floats> | null, error: unknown): Outcome => {
    const { failure } = result ?? {}
    const kept = snapshot ?? failure?.snapshot
    return { result, error, watch, snapshot: kept === undefined ? null : parsed(kept), inputs }
  }
  try {
    if (variant.from !== undefined) return outcome(resume(fun as never, variant.from, free as never), null)
    const call = mistaken({ fun, tSpan: [t0, t1], y0, options: { ...held, ...free } })
    return outcome(
      solveIvp(call.fun as never, call.tSpan as never, call.y0 as never, call.options as never),
      null,
    )
  } catch (error) {
    return outcome(null, error)
  }

  function mistaken(call: Record<'fun' | 'tSpan' | 'y0' | 'options', unknown>): typeof call {
    const { mistake } = given
    if (mistake === undefined) return call
    const { option, value } = mistake
    // No options are none that are wrong, but the function was written for others
    if (
      option === 'options' &&
      given.form !== 'returning' &&
      Object.keys((value as object) ?? {}).length === 0
    )
      return call
    return option in call
      ? { ...call, [option]: value }
      : { ...call, options: { ...(call.options as object), [option]: value } }
  }
}

/** As a program that starts again reads it. */
function parsed(snapshot: Snapshot): Snapshot {
  return JSON.parse(JSON.stringify(snapshot)) as Snapshot
}

function defined(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** Solves of the case's size in both precisions: they leave NaN and large numbers in the memory they give back. */
export function leaveTraces(n: number): void {
  for (const array of [Float64Array, Float32Array]) {
    for (const method of ['RK45', 'DOP853', 'Radau', 'RK4'] as const) {
      if (n > 40 && method === 'Radau') continue
      const y0 = new array(n).fill(1e30) as Float64Array
      const at = (t: number, y: Float64Array, dydt: Float64Array): void => {
        for (let i = 0; i < n; i++) dydt[i] = t > 0.5 ? NaN : y[i]! * 1e3
      }
      const options = method === 'RK4' ? { method, step: 0.1 } : { method }
      solveIvp(at, [0, 1], y0, { ...options, inPlace: true, maxSteps: 20 })
    }
  }
}
