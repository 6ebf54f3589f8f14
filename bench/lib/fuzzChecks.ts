/** What must hold of every call of `solveIvp`, whatever was asked: the alarms of a case. */
import { IvpInputError } from '../../src/index.ts'
import { isFinite, sameNumbers, type Alarm, type Raise, type Result } from './fuzzAlarm.ts'
import { FIXED, type FuzzCase } from './fuzzCase.ts'
import { checkEvents } from './fuzzEvents.ts'
import { checkFault, checkInterpolants, checkNumbers } from './fuzzNumbers.ts'
import { startOf, timeAt } from './fuzzQuantities.ts'
import { run, type Outcome, type Variant } from './fuzzSolve.ts'
import { checkAgain, checkForms, checkResume } from './fuzzTwins.ts'
import { CallsSpent, OwnError } from './fuzzWatch.ts'

/** How a case's solve ended. */
export type Ending = 'finished' | 'event' | 'failed' | 'input error' | 'own error' | 'raw error' | 'cut'

export interface Verdict {
  readonly ending: Ending
  readonly alarms: ReadonlyArray<Alarm>
}

const KINDS = ['stepTooSmall', 'nonFinite', 'maxSteps', 'wrongLength', 'singular', 'noConvergence', 'aborted']

/**
 * Runs a case and its variants, and looks for what does not hold.
 * @param beforeSolve - told before every solve, so that one that never returns is seen from outside
 */
export function check(given: FuzzCase, beforeSolve: () => void = () => {}): Verdict {
  const alarms: Alarm[] = []
  const alarm: Raise = (what, detail = '') => {
    if (!alarms.some((other) => other.what === what)) alarms.push({ what, detail })
  }
  const solve = (variant?: Variant): Outcome => {
    beforeSolve()
    return run(given, variant)
  }
  const first = solve()
  for (const what of first.watch.seen) alarm(`a callback is given ${what}`)
  checkInputs(first, alarm)
  const ending = endingOf(first, alarm)
  const { result } = first
  if (result === null) {
    if (ending !== 'cut' || !(first.error as CallsSpent).isStuck) checkAgain(given, first, solve, alarm)
    return { ending, alarms }
  }
  if (given.mistake !== undefined) return { ending, alarms }
  checkFinite(given, result, alarm)
  checkFailure(given, result, alarm)
  checkTimes(given, result, alarm)
  checkCounters(given, first, alarm)
  checkEvents(given, result, alarm)
  checkInterpolants(given, result, alarm)
  checkMemory(result, first, alarm)
  checkFault(given, result, alarm)
  checkNumbers(given, result, alarm)
  checkAgain(given, first, solve, alarm)
  checkForms(given, first, solve, alarm)
  checkResume(given, first, solve, alarm)
  return { ending, alarms }
}

function endingOf(outcome: Outcome, alarm: Raise): Ending {
  const { result, error, watch } = outcome
  const { thrown, calls } = watch
  if (result !== null) {
    if (thrown !== null) alarm('an error of a callback is lost', thrown.message)
    if (![0, 1, -1].includes(result.status)) alarm('the status is none', String(result.status))
    return result.status === 0 ? 'finished' : result.status === 1 ? 'event' : 'failed'
  }
  if (error instanceof IvpInputError) {
    if (error.option === '' || error.expected === '') alarm('an input error does not say what is wrong')
    // What a callback returned can only be refused after it was called
    const isReturned = ['jac', 'events', 'controller', 'fun'].includes(error.option)
    if (calls > 0 && !isReturned) alarm('an input error comes after the first call', error.message)
    return 'input error'
  }
  if (error instanceof CallsSpent) {
    if (error.isStuck) alarm('never ends: calls without progress', `${calls} calls`)
    if (error !== thrown) alarm('an error of a callback does not pass untouched')
    return 'cut'
  }
  if (error instanceof OwnError) {
    if (error !== thrown) alarm('an error of a callback does not pass untouched')
    return 'own error'
  }
  const { name, message, stack = '' } = error as Error
  alarm(`a raw ${name} is thrown: ${message}`, `${stack.split('\n').slice(1, 3).join(' ').trim()}`)
  return 'raw error'
}

function checkInputs({ inputs }: Outcome, alarm: Raise): void {
  inputs.given.forEach((array, i) => {
    const copy = inputs.copies[i]!
    if (array.length !== copy.length || copy.some((x, j) => !Object.is(x, array[j])))
      alarm('an input is modified', `[${copy}] became [${Array.from(array)}]`)
  })
}

function checkFinite(given: FuzzCase, result: Result, alarm: Raise): void {
  const { t, states, y, yEvents, tEvents, status, sol } = result
  const { controller, norm } = given.options
  const where = [
    status >= 0 ? 'with status 0 or 1' : 'in the part before a failure',
    ...(controller === undefined ? [] : ['and a controller']),
    ...(norm === undefined ? [] : ['and a norm of some components']),
  ].join(' ')
  if (!isFinite(t)) alarm(`a time is not finite ${where}`, `t ends in ${t.at(-1)}`)
  const bad = states.findIndex((state) => !isFinite(state))
  if (bad >= 0) alarm(`a state is not finite ${where}`, `t = ${t[bad]}: [${states[bad]}]`)
  if (bad < 0 && !y.every(isFinite)) alarm(`a row of y is not finite ${where}`)
  if (y.length !== given.n || y.some((row) => row.length !== t.length))
    alarm('y has another shape than (n, t.length)')
  if (states.length !== t.length)
    alarm('there are not as many states as times', `${states.length}, ${t.length}`)
  if (!(yEvents ?? []).flat().every(isFinite)) alarm(`a state of an event is not finite ${where}`)
  if (!(tEvents ?? []).every(isFinite)) alarm(`a time of an event is not finite ${where}`)
  if (sol === null || bad >= 0) return
  const { ts } = sol
  const stride = Math.max(1, Math.floor(ts.length / 40))
  for (let i = 1; i < ts.length; i += stride) {
    for (const x of [0.5, 0.1]) {
      const time = ts[i - 1]! + x * (ts[i]! - ts[i - 1]!)
      if (Number.isFinite(time) && !isFinite(sol(time))) {
        alarm(
          `sol is not finite within a step ${where}`,
          `t = ${time} of [${ts[i - 1]}, ${ts[i]}]: [${sol(time)}]`,
        )
        return
      }
    }
  }
}

function checkFailure({ t0, t1, n, options }: FuzzCase, result: Result, alarm: Raise): void {
  const { failure, status, message, success, nsteps } = result
  if (message === '') alarm('there is no message')
  if (success !== status >= 0) alarm('success is not status >= 0')
  if ((status === -1) !== (failure !== undefined)) alarm('a failure comes without status -1, or the reverse')
  if (failure === undefined) return
  const { kind, t, component, advice, snapshot } = failure
  if (!KINDS.includes(kind)) alarm('the kind of a failure is unknown', kind)
  if (!(t >= Math.min(t0, t1) && t <= Math.max(t0, t1)) || !Number.isFinite(t))
    alarm('the time of a failure is not in the span', `${kind} at ${t}`)
  if (component !== undefined && !(Number.isInteger(component) && component >= 0 && component < n))
    alarm('the component of a failure is none', `${kind}, component ${component}`)
  if (advice === '') alarm('a failure comes without advice')
  if ((kind === 'maxSteps' || kind === 'aborted') !== (snapshot !== undefined))
    alarm('a solve that was ended from outside has no snapshot, or another has one', kind)
  if (kind === 'maxSteps' && nsteps !== options.maxSteps)
    alarm('maxSteps is not the number of steps', `${nsteps}`)
}

function checkTimes(given: FuzzCase, result: Result, alarm: Raise): void {
  const { t0, t1, options, n } = given
  const { t, status, failure, states, sol, tEvents } = result
  const direction = t1 < t0 ? -1 : 1
  const isEmpty = t1 === t0 || n === 0
  const [least, greatest] = [Math.min(t0, t1), Math.max(t0, t1)]
  if (!t.every((time) => time >= least && time <= greatest))
    alarm('a time is outside the span', `${t.at(-1)}`)
  const inOrder = (list: ArrayLike<number>, name: string, mayRepeat: boolean): void => {
    for (let i = 1; i < list.length; i++) {
      const forward = direction * (list[i]! - list[i - 1]!)
      const isLast = i === list.length - 1
      if (forward > 0 || (t1 === t0 && forward === 0) || (mayRepeat && isLast && forward === 0)) continue
      alarm(`${name} do not move on`, `${list[i - 1]}, ${list[i]} at ${i} of ${list.length}`)
      return
    }
  }
  const reached =
    failure?.t ?? (status === 0 ? t1 : Math.max(...(tEvents ?? []).map((list) => list.at(-1) ?? -Infinity)))
  if (options.tEval === undefined && options.save !== 'last') {
    inOrder(t, 'the times', status === 1)
    if (t[0] !== t0) alarm('the times do not begin at t0', `${t[0]}`)
    if (states.length > 0 && !sameNumbers(states[0]!, startOf(given))) alarm('the states do not begin at y0')
    if (status === -1 && t.at(-1) !== reached)
      alarm('a failed solve does not end where its failure is', `${t.at(-1)}, ${reached}`)
  } else if (options.tEval === undefined) {
    if (t.length !== 1) alarm("save 'last' keeps another number of states than one", `${t.length}`)
    if (status === -1 && t[0] !== reached)
      alarm('a failed solve does not end where its failure is', `${t[0]}, ${reached}`)
  } else {
    const wanted = options.tEval.map((share) => timeAt(given, share))
    const got = Array.from(t)
    if (got.some((time, i) => time !== wanted[i])) alarm('the times are not those of tEval', `[${got}]`)
    if (status === 0 && got.length !== wanted.length && !isEmpty)
      alarm('a time of tEval is missing', `[${got}] of [${wanted}]`)
    if (status === -1 && got.some((time) => direction * (time - reached) > 0))
      alarm('there are states after the failure')
  }
  if (status === 0 && options.tEval === undefined && t.at(-1) !== t1)
    alarm('a finished solve does not end at t1', `${t.at(-1)}`)
  if (sol === null) {
    if (options.denseOutput) alarm('there is no sol', `${result.nsteps} steps`)
    return
  }
  const { ts } = sol
  inOrder(ts, 'the breakpoints of sol', status === 1)
  if (ts[0] !== t0) alarm('sol does not begin at t0', `${ts[0]}`)
  if (status === 0 && ts.at(-1) !== t1) alarm('sol does not end at t1', `${ts.at(-1)}`)
}

function checkCounters(given: FuzzCase, { result, watch }: Outcome, alarm: Raise): void {
  const { nfev, nsteps, nrejected, njev, nlu, status, t } = result!
  const { calls, reported } = watch
  const { method, options, t0, t1 } = given
  const isUncounted = (method === 'Radau' || method === 'BDF') && options.jac === undefined
  if (isUncounted ? nfev > calls : nfev !== calls)
    alarm('nfev is not the number of calls', `nfev ${nfev}, ${calls} calls`)
  for (const [name, count] of Object.entries({ nfev, nsteps, nrejected, njev, nlu }))
    if (!(Number.isInteger(count) && count >= 0)) alarm('a counter is no whole number', `${name} ${count}`)
  if (options.abortAfter !== undefined && reported !== nsteps)
    alarm('onStep is not called once per step', `${reported} calls, ${nsteps} steps`)
  if (options.tEval !== undefined || options.save === 'last') return
  const points = status === 1 ? [nsteps, nsteps + 1] : [nsteps + 1]
  if (!points.includes(t.length))
    alarm('there is not one state per step', `${t.length} states, ${nsteps} steps`)
  const { step } = options
  if (!FIXED.includes(method) || step === undefined || status !== 0 || t0 === t1 || given.n === 0) return
  const ratio = Math.abs(t1 - t0) / step
  const whole = Math.round(ratio)
  const fits = whole > 0 && Math.abs(ratio - whole) <= 1e-9 * whole
  const most = fits ? whole : Math.max(1, Math.ceil(ratio))
  // Rounding may take the last but one to the end
  const direction = Math.sign(t1 - t0)
  const isThere = most > 1 && !fits && direction * (t0 + direction * (most - 1) * step - t1) >= 0
  const n = isThere ? most - 1 : most
  if (nsteps !== n) alarm('equal steps are of another number', `${nsteps} of ${n}`)
}

function checkMemory(result: Result, { inputs }: Outcome, alarm: Raise): void {
  const { t, states, y, tEvents, yEvents, sol } = result
  const own: ArrayBufferView[] = [t, ...states, ...y, ...(tEvents ?? []), ...(yEvents ?? []).flat()]
  // Without a step it answers no call
  if (sol !== null && sol.interpolants.length > 0)
    own.push(sol.ts, sol(sol.ts[0]!), sol(sol.ts[0]!), sol(sol.ts.at(-1)!), ...sol([sol.tMax]))
  const all = [...own, ...inputs.given.filter((array) => ArrayBuffer.isView(array))]
  const byBuffer = new Map<ArrayBufferLike, ArrayBufferView[]>()
  for (const view of all)
    if (view.byteLength > 0) byBuffer.set(view.buffer, [...(byBuffer.get(view.buffer) ?? []), view])
  for (const views of byBuffer.values()) {
    views.sort((a, b) => a.byteOffset - b.byteOffset)
    if (
      views.some((view, i) => i > 0 && view.byteOffset < views[i - 1]!.byteOffset + views[i - 1]!.byteLength)
    )
      alarm('arrays of the result share memory')
  }
}
