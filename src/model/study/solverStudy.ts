import { odeint, SolveFailed } from '../../bridge/index.ts'
import { tf, type Tensor, type Tensor4D } from '../../bridge/tensor.ts'
import type { ImageSet } from '../imageSet.ts'
import type { BlockSolve } from '../odeBlock.ts'
import { odeFunction } from '../odeFunction.ts'
import { endsOf, odeNetSpec } from '../odeNet.ts'
import { toParameters, under } from '../parameters.ts'
import type { TrainMethod } from '../trainOptions.ts'
import { scoresOf, type Scores } from './scores.ts'
import { inBatches, type Pause, type TrainedNet } from './trainedNet.ts'

/** A way to solve the ODE of a trained net. */
export interface SolverCase {
  readonly method: TrainMethod
  /** Number of equal steps on [0, 1]; null for a method that chooses its steps. */
  readonly steps: number | null
  /** Relative and absolute tolerance alike; null with equal steps. */
  readonly tolerance: number | null
  /** That each solve attempts; 0 where the solver chooses. */
  readonly firstStep: number
}

/** How a net does with a solver; on the images of the study. */
export interface SolverRow extends SolverCase {
  /** Fractions and mean cross-entropy; null where the solve failed. */
  readonly accuracy: number | null
  readonly loss: number | null
  /** Evaluations of the right-hand side in a solve, mean over the batches. */
  readonly evaluations: number | null
  /** Share of the images that get the class that they get from the reference. */
  readonly agreement: number | null
  /** |h(1) - reference| / |reference|, over all images. */
  readonly distance: number | null
  /** What the solver warned of, such as tolerances below single precision. */
  readonly warnings: readonly string[]
  /** Why there is no result; null if there is one. */
  readonly failure: string | null
}

export interface SolverStudy {
  readonly images: number
  /** What stands for the exact solution. */
  readonly reference: SolverRow
  /** RK45 from loose to tight. */
  readonly tolerances: readonly SolverRow[]
  /** Other methods; the first row is the solver of the training. */
  readonly solvers: readonly SolverRow[]
}

const TOLERANCES = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
/** Tighter, rounding rejects steps: 470 evaluations at 1e-6 instead of 290, in a net of 12 channels, for distances that change by less than 4e-5. */
const REFERENCE: SolverCase = { method: 'DOP853', steps: null, tolerance: 1e-5, firstStep: 0 }
const fixed = (method: TrainMethod, steps: number): SolverCase => ({
  method,
  steps,
  tolerance: null,
  firstStep: 0,
})
const SOLVERS: readonly SolverCase[] = [
  fixed('Euler', 1),
  fixed('Euler', 2),
  fixed('Euler', 4),
  fixed('RK4', 10),
  { method: 'RK45', steps: null, tolerance: 1e-3, firstStep: 0 },
  { method: 'DOP853', steps: null, tolerance: 1e-3, firstStep: 0 },
]

/**
 * Is the net an ODE, or the discretisation that it was trained with? Solves its ODE with other tolerances and methods, and compares with a solution that is exact to single
 * precision, on the current backend.
 */
export async function solverStudy(net: TrainedNet, set: ImageSet, pause: Pause): Promise<SolverStudy> {
  const { method, step, rtol, firstStep } = net.options
  const trained: SolverCase = {
    method,
    steps: step === null ? null : Math.round(1 / step),
    tolerance: step === null ? rtol : null,
    firstStep: step === null ? firstStep : 0,
  }
  const cases = [
    REFERENCE,
    ...TOLERANCES.map((tolerance): SolverCase => ({ method: 'RK45', steps: null, tolerance, firstStep: 0 })),
    trained,
    ...SOLVERS,
  ]
  const batches = await inBatches(set, pause, (images, labels) => oneBatch(net, images, labels, cases))
  const rows = cases.map((solver, c) =>
    rowOf(
      solver,
      batches.map((batch) => batch[c]!),
      set.n,
    ),
  )
  const [reference, ...others] = rows
  return {
    images: set.n,
    reference: reference!,
    tolerances: others.slice(0, TOLERANCES.length),
    solvers: others.slice(TOLERANCES.length),
  }
}

interface CaseResult extends Scores {
  readonly nfev: number
  readonly warnings: readonly string[]
  readonly agreeing: number
  /** Sums of squares of h(1) - reference and of the reference. */
  readonly squares: readonly [difference: number, reference: number]
}

/** The first case is the reference. */
function oneBatch(
  net: TrainedNet,
  images: Tensor4D,
  labels: Uint8Array,
  cases: readonly SolverCase[],
): (CaseResult | Error)[] {
  const p = toParameters(odeNetSpec(net.shape), net.parameters)
  const { stem, head } = endsOf(net.shape)
  const f = odeFunction(net.shape.groups)
  const h0 = stem(p, images)
  let reference: { readonly h: Tensor; readonly predicted: Uint8Array } | null = null
  return cases.map((solver) => {
    let nfev = 0
    const warnings: string[] = []
    const onSolve: BlockSolve['onSolve'] = (report) => {
      nfev += report.nfev
      warnings.push(...report.warnings)
    }
    try {
      const solution = odeint(f, h0, [0, 1], { ...solveOfCase(solver), params: under(p, 'ode'), onSolve })
      const h = (solution as Tensor).slice([1], [1]).reshape(h0.shape) as Tensor4D
      const scores = scoresOf(head(p, h), labels)
      reference ??= { h, predicted: scores.predicted }
      const exact = reference
      const sum = (x: Tensor): number => tf.tidy(() => x.square().sum().dataSync()[0]!)
      return {
        ...scores,
        nfev,
        warnings,
        agreeing: scores.predicted.filter((label, i) => label === exact.predicted[i]).length,
        squares: [tf.tidy(() => sum(h.sub(exact.h))), sum(exact.h)],
      } satisfies CaseResult
    } catch (error) {
      if (!(error instanceof SolveFailed)) throw error
      return error
    }
  })
}

function solveOfCase({ method, steps, tolerance, firstStep }: SolverCase): BlockSolve {
  if (steps !== null) return { method, step: 1 / steps }
  return { method, rtol: tolerance!, atol: tolerance!, ...(firstStep > 0 ? { firstStep } : {}) }
}

function rowOf(solver: SolverCase, batches: readonly (CaseResult | Error)[], n: number): SolverRow {
  const failed = batches.find((batch) => batch instanceof Error)
  if (failed !== undefined) {
    const none = { accuracy: null, loss: null, evaluations: null, agreement: null, distance: null }
    return { ...solver, ...none, warnings: [], failure: failed.message }
  }
  const done = batches as readonly CaseResult[]
  const sum = (of: (batch: CaseResult) => number): number =>
    done.reduce((total, batch) => total + of(batch), 0)
  return {
    ...solver,
    accuracy: sum((batch) => batch.correct) / n,
    loss: sum((batch) => batch.lossSum) / n,
    evaluations: sum((batch) => batch.nfev) / done.length,
    agreement: sum((batch) => batch.agreeing) / n,
    distance: Math.sqrt(sum((batch) => batch.squares[0]) / sum((batch) => batch.squares[1])),
    warnings: [...new Set(done.flatMap((batch) => batch.warnings))],
    failure: null,
  }
}
