import { Bdf } from './implicit/bdf.ts'
import { Float32Integrator } from './implicit/float32Integrator.ts'
import type { ImplicitProblem } from './implicit/implicitProblem.ts'
import { Radau } from './implicit/radau.ts'
import type { Integrator } from './integrator.ts'
import type { JacobianSource } from './jacobian/jacobianSource.ts'
import { JacobianCheck } from './jacobian/jacobianCheck.ts'
import { jacobianOrigin, jacobianSource, jacobianStructure } from './jacobianOf.ts'
import { Lsoda } from './multistep/lsoda.ts'
import type { Problem } from './problem.ts'
import type { CountedRhs } from './rhs.ts'
import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'
import type { Rhs } from './space/workspace.ts'

/** The implementations by name. */
const CLASSES = { Radau: Radau, BDF: Bdf, LSODA: Lsoda }

/** Unit roundoff of the element types. */
const EPSILON = { float64: Number.EPSILON, float32: 2 ** -23 }

/** An implicit method on a problem of either element type: it works in float64 and is rounded at the rim. */
export function implicitIntegrator<V extends FloatArray>(
  name: 'Radau' | 'BDF' | 'LSODA',
  problem: Problem<V>,
  rhs: CountedRhs<V>,
): Integrator<V> {
  const isSingle = problem.y0 instanceof Float32Array
  const inDouble = rhsInDouble(problem.y0)
  const epsilon = isSingle ? EPSILON.float32 : EPSILON.float64
  const counted = name === 'LSODA' ? countingAll(rhs) : rhs
  const structure = jacobianStructure(problem)
  const origin = jacobianOrigin(problem)
  const call = inDouble(rhs.call)
  const uncounted = inDouble(counted.uncounted)
  const implicit: ImplicitProblem = {
    ...problem,
    rhs: call,
    uncounted,
    y0: Float64Array.from(problem.y0),
    tBound: problem.t1,
    jacobian: jacobianSource(problem, structure, counted, epsilon),
    jacobianCheck: origin && new JacobianCheck(structure, origin, call, uncounted, epsilon, problem.warnings),
    epsilon,
  }
  const inner = new CLASSES[name](implicit)
  const { y0, tolerance } = problem
  return (isSingle
    ? new Float32Integrator(inner, { y0, tolerance, isSingle })
    : inner) as unknown as Integrator<V>
}

/** The Jacobian of a problem as implicit methods use it. */
export function implicitJacobian<V extends FloatArray>(
  problem: Problem<V>,
  rhs: CountedRhs<V>,
): JacobianSource {
  const isSingle = problem.y0 instanceof Float32Array
  const epsilon = isSingle ? EPSILON.float32 : EPSILON.float64
  return jacobianSource(problem, jacobianStructure(problem), rhs, epsilon)
}

/** Counts the evaluations for finite differences too, as scipy's LSODA does (its Radau and BDF do not). */
function countingAll<V>(rhs: CountedRhs<V>): CountedRhs<V> {
  return {
    ...rhs,
    uncounted: rhs.call,
    many: (t, states) => {
      rhs.setCount(rhs.count() + states.length)
      return rhs.many(t, states)
    },
  }
}

/** Turns a right-hand side on V into one on float64 arrays. */
function rhsInDouble<V extends FloatArray>(y0: V): (call: Rhs<V>) => Rhs<Float64Array> {
  if (y0 instanceof Float64Array) return (call) => call as unknown as Rhs<Float64Array>
  const state = zerosLike(y0)
  const derivative = zerosLike(y0)
  return (call) => (t, y, out) => {
    state.set(y)
    out.set(call(t, state, derivative))
    return out
  }
}
