import { EmptyIntegrator } from './emptyIntegrator.ts'
import { ErkIntegrator } from './erkIntegrator.ts'
import { implicitIntegrator, implicitJacobian } from './implicitIntegrator.ts'
import type { Integrator } from './integrator.ts'
import type { Problem } from './problem.ts'
import type { CountedRhs } from './rhs.ts'
import { typedArraySpace, type FloatArray } from './space/typedArraySpace.ts'

/**
 * The integrator of the problem's method, not yet started.
 * @param needsDense - whether its interpolants will be asked for
 * @param willBeReleased - whether its `release` will be called for certain
 */
export function createIntegrator<V extends FloatArray>(
  problem: Problem<V>,
  rhs: CountedRhs<V>,
  needsDense: boolean,
  willBeReleased: boolean,
): Integrator<V> {
  const { t0, t1, y0, method, tolerance, norm } = problem
  const space = typedArraySpace(y0, tolerance, norm)
  if (t1 === t0 || y0.length === 0) {
    // LSODA starts without one
    const hasJacobian = method.kind === 'implicit' && method.name !== 'LSODA'
    const jacobian = hasJacobian ? implicitJacobian(problem, rhs) : null
    return new EmptyIntegrator(space, rhs.call, t0, y0, t1, jacobian)
  }
  switch (method.kind) {
    case 'explicit':
    case 'fixedStep':
      return new ErkIntegrator(
        // Written out: a spread of the whole problem takes as long as a step
        {
          rhs,
          t0,
          y0,
          tBound: t1,
          tolerance,
          norm,
          needsDense,
          willBeReleased,
          firstStep: problem.firstStep,
          maxStep: problem.maxStep,
          step: problem.step,
          controller: problem.controller,
          warnings: problem.warnings,
        },
        method.erk,
        space,
      )
    case 'implicit':
      return implicitIntegrator(method.name, problem, rhs)
  }
}
