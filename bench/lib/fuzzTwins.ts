/** Solves that must give the same bits: again, in another form, in two parts. */
import { sameNumbers, type Raise, type Result, type Solve } from './fuzzAlarm.ts'
import type { Form, FuzzCase } from './fuzzCase.ts'
import { leaveTraces, type Outcome } from './fuzzSolve.ts'

export function checkAgain(given: FuzzCase, first: Outcome, solve: Solve, alarm: Raise): void {
  const before = first.result && bitsOf(first.result)
  leaveTraces(given.n)
  if (before !== null) {
    const changed = difference(before, bitsOf(first.result!))
    report('a result changes with later solves', changed, alarm)
  }
  const again = solve()
  report('the same call again gives something else', compare(before, first, again), alarm)
}

/** Faults that every form of a right-hand side can show, at the same place in every form. */
function isSameInEveryForm({ fault }: FuzzCase): boolean {
  if (fault === undefined) return true
  return ['NaN', 'Infinity', '-Infinity', 'huge', 'throw'].includes(fault.what) && !('call' in fault.from)
}

export function checkForms(given: FuzzCase, first: Outcome, solve: Solve, alarm: Raise): void {
  if (!isSameInEveryForm(given)) return
  const before = bitsOf(first.result!)
  const other: Form = given.form === 'returning' ? 'inPlace' : 'returning'
  const pair = [given.form, other].sort().join(' and ')
  report(`the forms ${pair} give something else`, compare(before, first, solve({ form: other })), alarm)
  if (!given.nested) return
  const without = compare(before, first, solve({ nested: false }))
  report('a solve within the right-hand side changes the numbers', without, alarm)
}

export function checkResume(given: FuzzCase, first: Outcome, solve: Solve, alarm: Raise): void {
  const { options, fault, cut } = given
  const whole = first.result!
  const { nsteps } = whole
  const isByCall = fault !== undefined && 'call' in fault.from
  if (options.abortAfter !== undefined || nsteps === 0 || isByCall) return
  const at = Math.min(nsteps, 1 + Math.floor(cut * nsteps))
  const left = options.maxSteps === undefined ? undefined : options.maxSteps - at
  const watched = solve({ snapshotAt: at })
  report('onStep or its snapshot changes the numbers', compare(bitsOf(whole), first, watched), alarm)
  const paused = at < nsteps ? solve({ maxSteps: at }) : null
  if (paused !== null && paused.result?.failure?.kind !== 'maxSteps')
    alarm('maxSteps does not end the solve', paused.result?.message)
  for (const [name, from] of [
    ['onStep', watched.snapshot],
    ['maxSteps', paused?.snapshot ?? null],
  ] as const) {
    if (from === null) continue
    // With no step left there is nothing to go on for
    if (left !== undefined && left < 1 && at === nsteps && whole.status === -1) continue
    const rest = solve({ from, maxSteps: left === undefined || left < 1 ? undefined : left })
    const where = at === nsteps ? 'after the last step' : 'between steps'
    const what = `a solve resumed from ${name} ${where} differs from the whole`
    if (rest.result === null) {
      report(what, { name: 'an error', detail: String(rest.error) }, alarm)
      continue
    }
    // What 'last' keeps of a part is nothing of the whole
    const part = options.save === 'last' ? null : (paused?.result ?? null)
    report(what, differenceOfRest(whole, rest.result, part), alarm)
  }
}

/**
 * Where the rest of a solve is not the end of the whole; null if nowhere.
 * @param part - the solve up to the cut, where there is a result of it
 */
function differenceOfRest(whole: Result, rest: Result, part: Result | null): Difference | null {
  const tail = <T>(list: ArrayLike<T>, count: number): T[] => Array.from(list).slice(list.length - count)
  const end = ({ status, message, failure }: Result): string =>
    `${status} at ${failure?.t}, ${failure?.kind}: ${message}`
  if (end(whole) !== end(rest)) return { name: 'the ending', detail: `${end(rest)}, not ${end(whole)}` }
  for (const name of ['nfev', 'njev', 'nlu', 'nsteps', 'nrejected'] as const)
    if (whole[name] !== rest[name]) return { name, detail: `${rest[name]}, not ${whole[name]}` }
  if (rest.t.length > whole.t.length || !sameNumbers(tail(whole.t, rest.t.length), rest.t))
    return { name: 't', detail: `[${rest.t}], not the end of [${whole.t}]` }
  if (part !== null && part.t.length + rest.t.length !== whole.t.length)
    return { name: 't', detail: `${part.t.length} and ${rest.t.length} times, not ${whole.t.length}` }
  if (part !== null && !part.states.every((state, i) => sameNumbers(state, whole.states[i]!)))
    return { name: 'states before the cut', detail: '' }
  if (!tail(whole.states, rest.states.length).every((state, i) => sameNumbers(state, rest.states[i]!)))
    return { name: 'states', detail: '' }
  for (const [e, times] of (whole.tEvents ?? []).entries()) {
    const [own, states] = [rest.tEvents![e]!, rest.yEvents![e]!]
    const before = part?.tEvents![e]
    const isWhole = before === undefined || before.length + own.length === times.length
    if (!isWhole || !sameNumbers(tail(times, own.length), own))
      return { name: 'tEvents', detail: `[${before}] and [${own}], not [${times}]` }
    if (!tail(whole.yEvents![e]!, states.length).every((state, i) => sameNumbers(state, states[i]!)))
      return { name: 'yEvents', detail: '' }
  }
  return null
}

interface Difference {
  /** Of what. */
  readonly name: string
  readonly detail: string
}

function report(what: string, found: Difference | null, alarm: Raise): void {
  if (found !== null) alarm(`${what}: ${found.name}`, found.detail)
}

/** Everything of a result that a caller sees, by name. */
type Bits = ReadonlyMap<string, ReadonlyArray<number | string | undefined>>

function bitsOf(result: Result): Bits {
  const { t, states, y, tEvents, yEvents, sol, failure } = result
  const { nfev, njev, nlu, nsteps, nrejected, status, message, warnings } = result
  const bits = new Map<string, ReadonlyArray<number | string | undefined>>([
    ['status', [status, message, failure?.kind, failure?.t, failure?.component]],
    ['counters', [nfev, njev, nlu, nsteps, nrejected]],
    ['t', Array.from(t)],
    ['states', states.flatMap((state) => Array.from(state))],
    ['y', y.flatMap((row) => Array.from(row))],
    ['warnings', warnings],
  ])
  tEvents?.forEach((times, e) => bits.set(`tEvents[${e}]`, Array.from(times)))
  yEvents?.forEach((list, e) =>
    bits.set(
      `yEvents[${e}]`,
      list.flatMap((state) => Array.from(state)),
    ),
  )
  if (sol !== null) {
    const { ts } = sol
    bits.set('sol.ts', Array.from(ts))
    // Without a step it answers no call
    if (sol.interpolants.length === 0) return bits
    const inner = Array.from({ length: 9 }, (_, i) => ts[0]! + ((i + 0.5) / 9) * (ts.at(-1)! - ts[0]!))
    bits.set(
      'sol',
      inner.filter(Number.isFinite).flatMap((time) => Array.from(sol(time))),
    )
  }
  return bits
}

function difference(a: Bits, b: Bits): Difference | null {
  for (const [name, values] of a) {
    const others = b.get(name) ?? []
    if (values.length !== others.length)
      return { name, detail: `${others.length} values, not ${values.length}` }
    const at = values.findIndex((value, i) => !Object.is(value, others[i]))
    if (at >= 0) return { name, detail: `at ${at}: ${others[at]}, not ${values[at]}` }
  }
  return null
}

/** Where another run of the same solve came out otherwise; null if nowhere. */
function compare(before: Bits | null, first: Outcome, other: Outcome): Difference | null {
  if (before !== null && other.result !== null) return difference(before, bitsOf(other.result))
  const [a, b] = [first, other].map(({ result, error }) => (result === null ? String(error) : 'a result'))
  return a === b ? null : { name: 'the ending', detail: `${b}, not ${a}` }
}
