import type { ErkMethod, FloatArray } from '../ivp/index.ts'
import { failureOf, firstNonFinite } from '../ivp/failure.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { AdjointGrowth } from './adjointGrowth.ts'
import type { AcceptedSteps } from './acceptedSteps.ts'
import { addTo, dot, isZero, norm } from './flatArray.ts'
import type { Gradients } from './gradients.ts'
import { outputWeights } from './stageWeights.ts'
import { StepTimes } from './stepTimes.ts'
import { TransposedStep, type StepOutput } from './transposedStep.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** Options of the reverse sweep. */
export interface DiscreteOptions {
  /** False leaves the gradients of the output times out, and the stages that only they need. Default true. */
  readonly times?: boolean | undefined
  /** Ends the sweep between two steps with failure 'aborted'. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The discrete adjoint: the accepted steps in reverse, each recomputed from its stored start and transposed (`TransposedStep`). The gradients of
 * h0 and theta are exact for the numbers that the solve computed, up to rounding, whatever the tolerance; outputs pass through the transposed
 * interpolant. Step sizes are held constant: how h0 and theta change the choice of steps is left out, as is customary.
 *
 * Times: dL/dt_j is the incoming gradient times the interpolant's derivative (of the step that t_j ends, where it is a step's end). The last
 * time and t0 bound the steps (`StepTimes`): their gradients are exact likewise where the vector-Jacobian product fills `at`; where it does not,
 * they are those of the exact solution as in `backsolve`, incoming . f(t_N, y_N) and -lambda_0 . f(t0, h0).
 *
 * When to use it: where the gradient must belong to the loss as computed (loose tolerances, few fixed steps, line searches), or where f is so
 * dissipative that `backsolve` cannot recompute h backwards. Explicit methods only.
 *
 * Cost, for s stages: at most s products and s - 1 evaluations of f per step (RK45: 6 and 5; DOP853: 12 and 11); a step with outputs inside
 * reads f at its end too and, for DOP853, three further stages. Rejected steps cost nothing. Memory: one state per step, besides work space; with a budget of
 * checkpoints fewer, and s more evaluations of f for every step whose start is computed again.
 *
 * Where it fails: where stability limits the steps, the product of their matrices may grow as no solution does (`AdjointGrowth` warns); very many steps of a large state; and, since the steps are held constant, where a change of steps changes the loss by more
 * than the tolerance.
 *
 * @param steps - of a solve that reached the last of `ts`
 * @param ts - output times, the initial one first; strictly monotone, length at least 2
 * @param incoming - dL/d(output j) for every j, each of length n
 * @see Sanz-Serna, "Symplectic Runge-Kutta schemes for adjoint equations, automatic differentiation, optimal control, and more", SIAM Review 58 (2016)
 */
export function discrete<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  method: ErkMethod,
  steps: AcceptedSteps<V>,
  ts: ArrayLike<number>,
  incoming: ReadonlyArray<V>,
  { times = true, signal }: DiscreteOptions = {},
): Gradients<V> {
  const last = ts.length - 1
  const nSteps = steps.times.length - 1
  const gradTs = new Float64Array(ts.length).fill(times ? 0 : NaN)
  const step = new TransposedStep(rhs, method, steps.end, times)
  const { lambda } = step
  const growth = new AdjointGrowth()
  const ends = new StepTimes(steps.times, method)
  const gradients = (): Gradients<V> => {
    const theta = (lambda instanceof Float32Array ? Float32Array.from(step.theta) : step.theta) as V
    const warning = growth.warning(method.name)
    return { h0: lambda, theta, ts: gradTs, nfev: step.nfev, warnings: warning === null ? [] : [warning] }
  }
  const isAfter = (x: number, y: number): boolean => (ts[last]! > ts[0]! ? x > y : x < y)
  const outputs: StepOutput<V>[] = []
  let j = last
  for (let i = nSteps - 1; i >= 0; i--) {
    const t = steps.times[i]!
    const tEnd = steps.times[i + 1]!
    const h = tEnd - t
    if (signal?.aborted === true) return { ...gradients(), failure: failureOf('aborted', tEnd) }
    outputs.length = 0
    for (; j > 0 && isAfter(ts[j]!, t); j--) {
      if (isZero(incoming[j]!)) continue
      const at = j
      const x = (ts[j]! - t) / h
      const setTime = (gradient: number): void => {
        gradTs[at] = gradient
        // x = (t_j - t) / h falls when the step starts later or is longer
        ends.add(i, -gradient, -x * gradient)
      }
      const weights = outputWeights(method, x, step.nStages)
      // The last output is the end of the last step, whatever its time
      outputs.push({ ...weights, incoming: incoming[j]!, setTime: times && j < last ? setTime : null })
    }
    const before = outputs.reduce((sum, output) => sum + norm(output.incoming), norm(lambda))
    step.pull(t, h, steps.stateAt(i, step), outputs)
    growth.add(before, norm(lambda), Math.abs(h), Math.sign(h) * step.rate)
    ends.add(i, step.byStart, step.byLength)
    const component = firstNonFinite(lambda)
    if (component >= 0) return { ...gradients(), failure: failureOf('nonFinite', tEnd, component) }
    if (firstNonFinite(step.theta) >= 0) return { ...gradients(), failure: failureOf('nonFinite', tEnd) }
  }
  if (times && Number.isFinite(ends.first)) {
    gradTs[0] = ends.first
    gradTs[last] = ends.last
  } else if (times) {
    const slope = zerosLike(lambda)
    rhs.f(ts[last]!, steps.end, slope)
    gradTs[last] = dot(incoming[last]!, slope)
    rhs.f(ts[0]!, steps.stateAt(0, step), slope)
    gradTs[0] = -dot(lambda, slope)
  }
  addTo(lambda, incoming[0]!)
  return gradients()
}
