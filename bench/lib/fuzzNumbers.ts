/** Whether the numbers of a solve are right: states against closed forms, interpolants against states. */
import { isFinite, sameNumbers, type Raise, type Result } from './fuzzAlarm.ts'
import { FIXED, spacingAt, type FuzzCase } from './fuzzCase.ts'
import { derivativeOf, placeOf, startOf, timeAt } from './fuzzQuantities.ts'
import { rhsNamed } from './fuzzRhs.ts'

/** Of spans and steps: below the one a product with a weight has fewer digits, and beyond the other a derivative has. */
const SHORTEST = 1e-300
const LONGEST = 1e290

export function checkInterpolants(given: FuzzCase, result: Result, alarm: Raise): void {
  const { sol, t, states, status } = result
  if (sol === null || sol.interpolants.length === 0) return
  const { options, n } = given
  if (n === 0 || !isFinite(t) || !states.every(isFinite)) return
  if (options.tEval !== undefined) {
    t.forEach((time, i) => {
      if (!sameNumbers(sol(time), states[i]!))
        alarm('sol at tEval is not the state there', `t = ${time}: [${sol(time)}], [${states[i]}]`)
    })
    return
  }
  if (options.save === 'last' || given.fault !== undefined || status === 1) return
  const epsilon = given.array === 'Float32Array' ? 2 ** -23 : Number.EPSILON
  const stride = Math.max(1, Math.floor(t.length / 60))
  for (let i = 0; i < t.length; i += stride) {
    const value = sol(t[i]!)
    const [left, right] = i === 0 ? [0, 1] : [i - 1, i]
    if (right >= t.length) continue
    const h = t[right]! - t[left]!
    if (Math.abs(h) < SHORTEST || Math.abs(t.at(-1)! - t[0]!) > LONGEST) continue
    // What the formula adds up
    const terms = [left, right].flatMap((j) => [
      ...states[j]!,
      ...derivativeOf(given, t[j]!, states[j]!).map((f) => h * f),
    ])
    const scale = terms.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
    if (!Number.isFinite(scale)) continue
    const off = Math.max(...Array.from(value, (x, j) => Math.abs(x - states[i]![j]!)))
    const smallest = given.array === 'Float32Array' ? 2 ** -149 : Number.MIN_VALUE
    if (!(off <= 1e3 * (epsilon * scale + smallest))) {
      const place = i === 0 ? 'at t0' : 'at the end of a step'
      alarm(
        `sol ${place} is not the state there`,
        `t = ${t[i]}: [${value}], [${states[i]}]; off ${off}, scale ${scale}`,
      )
      return
    }
  }
}

/** A derivative that is not finite must end the solve. */
export function checkFault(given: FuzzCase, result: Result, alarm: Raise): void {
  const { method, fault, options, n, t0, t1 } = given
  const { status, nfev, nsteps } = result
  if (n === 0 || t0 === t1 || fault === undefined) return
  const { what, from } = fault
  if (!['NaN', 'Infinity', '-Infinity'].includes(what)) return
  const isAtStart = ('call' in from && from.call === 1) || ('time' in from && from.time === 0)
  if (isAtStart && !(status === -1 && nfev === 1 && nsteps === 0))
    alarm('a derivative that is not finite at the start does not end the solve at once')
  // What the caller took out of the error control may become anything
  const isJudged = !FIXED.includes(method) && options.norm === undefined && options.controller === undefined
  const isLong = Math.abs(t1 - t0) > 1000 * spacingAt(Math.max(Math.abs(t0), Math.abs(t1)))
  if ('time' in from && status === 0 && isLong && Number.isFinite(t1) && isJudged)
    alarm(
      'a derivative that is not finite up to t1 is passed in silence',
      `from ${timeAt(given, from.time)} on`,
    )
}

/**
 * Errors up to so many tolerances, times the growth of errors, are none. Over 4000 calls those of solves that were
 * right came to 6 of them.
 */
const GENEROUS = 100
/** States of one solve that are looked at. */
const MOST_STATES = 40
/** Changes of the phase. Steps that jump over a period can meet the same derivative at every stage. */
const MOST_PHASE = { ofSpan: 1e4, ofStep: 2 }

/** The states against the closed form, where there is one. */
export function checkNumbers(given: FuzzCase, result: Result, alarm: Raise): void {
  const { method, fault, options, n, t0, t1, rhs } = given
  const { t, states } = result
  const { exact } = rhsNamed(rhs.kind)
  if (n === 0 || Math.abs(t1 - t0) < SHORTEST || fault !== undefined) return
  if (exact === undefined || !isFinite(t)) return
  // A derivative that single precision rounds to 0 is 0 for the solver
  if (given.array === 'Float32Array' && rhs.k !== 0 && Math.abs(rhs.k) < 2 ** -126) return
  const { rtol = 1e-3, atol = 1e-6, controller, norm, jac, tEval, save } = options
  const [relative, absolute] = [rtol, atol].map((value) =>
    typeof value === 'number' ? value : Math.max(...value),
  ) as [number, number]
  const isStraight = rhs.kind === 'zero' || rhs.kind === 'constant'
  const isFixed = FIXED.includes(method)
  if (isFixed && !isStraight) return
  if (relative > 1e-2 || absolute > 1e-3 || controller !== undefined || norm !== undefined) return
  if (jac !== undefined && jac.is !== 'right') return
  // Said of a pattern that lacks entries, and of a t that is far from zero
  if (result.warnings.some((text) => /not that of fun|relative to the start/.test(text))) return
  // Said of the first step of RK23
  if (result.warnings.some((text) => text.includes('vanished by accident'))) return
  // Differences of sines, in which a short time is lost
  if (rhs.kind === 'forced' && Math.abs(t.at(-1)! - t0) < 1e-10) return
  if (rhs.kind === 'forced' || rhs.kind === 'oscillator') {
    if (Math.abs(rhs.k * (t.at(-1)! - t0)) > MOST_PHASE.ofSpan || save === 'last' || tEval !== undefined)
      return
    if (t.some((time, i) => i > 0 && Math.abs(rhs.k * (time - t[i - 1]!)) > MOST_PHASE.ofStep)) return
  }
  const stride = Math.ceil(t.length / MOST_STATES)
  for (let i = (t.length - 1) % Math.max(stride, 1); i < t.length; i += stride) {
    const place = placeOf(given, t[i]!, startOf(given))
    const wanted = Array.from({ length: n }, (_, c) => exact(place, c))
    const bound = boundOf(
      given,
      result,
      place,
      wanted,
      isFixed ? { relative: 0, absolute: 0 } : { relative, absolute },
    )
    const off = Math.max(...Array.from(states[i]!, (x, c) => Math.abs(x - wanted[c]!)))
    if (off <= bound || bound === Infinity) continue
    alarm(
      'the numbers are wrong in silence',
      `t = ${t[i]}: [${states[i]}], not [${wanted}]: off ${off}, bound ${bound}; ${result.nsteps} steps`,
    )
    return
  }
}

/** Errors above it are wrong; Infinity where nothing can be said. */
function boundOf(
  given: FuzzCase,
  { nsteps }: Result,
  place: ReturnType<typeof placeOf>,
  wanted: ReadonlyArray<number | null>,
  { relative, absolute }: { readonly relative: number; readonly absolute: number },
): number {
  const isSingle = given.array === 'Float32Array'
  const limits = isSingle
    ? { epsilon: 2 ** -23, rtol: 1.2e-5, smallest: 2 ** -126, largest: 3e38 }
    : { epsilon: Number.EPSILON, rtol: 100 * Number.EPSILON, smallest: 2 ** -1022, largest: 1e308 }
  if (wanted.some((value) => value === null || !(Math.abs(value) < limits.largest))) return Infinity
  const sizes = [...(wanted as number[]), ...Array.from(place.y)].map(Math.abs)
  const scale = Math.max(...sizes)
  const growth = growthOf(given, place.tau, wanted as number[], absolute)
  const rounding = limits.epsilon * scale * nsteps + limits.smallest
  const isExact = relative === 0 && absolute === 0 && FIXED.includes(given.method)
  const tolerance = isExact ? 0 : Math.max(relative, limits.rtol) * scale + absolute
  const ofSteps = Math.max(1, nsteps / 100)
  return Number.isFinite(growth)
    ? GENEROUS * growth * (Math.sqrt(given.n) * tolerance * ofSteps + rounding)
    : Infinity
}

/** By how much an error may grow until tau; Infinity where nothing can be said. */
function growthOf(
  { rhs, values }: FuzzCase,
  tau: number,
  wanted: ReadonlyArray<number>,
  absolute: number,
): number {
  switch (rhs.kind) {
    case 'linear':
      return Math.max(1, Math.exp(rhs.k * tau))
    case 'stiff':
      return tau >= 0 ? 1 : Infinity
    case 'logistic':
      return 100
    case 'square': {
      // An error that takes y past 0 leads to the pole on the other side
      if (wanted.some((y) => y !== 0 && Math.abs(y) < GENEROUS * absolute)) return Infinity
      // d y / d y0 = (y / y0)^2
      const ratios = wanted.map((y, i) => y / values[i % values.length]!)
      return Math.max(1, ...ratios.filter(Number.isFinite).map((ratio) => ratio ** 2))
    }
    default:
      return 1
  }
}
