import type { CertificateRow } from '../study/certificateStudy.ts'
import type { MemoryStudy } from '../study/memoryStudy.ts'
import type { TrainGradient } from '../trainOptions.ts'
import type { ComparisonPlan } from './plan.ts'
import type { Studies } from './studyFiles.ts'

/** Whether a net depends on the solver that it was trained with. */
export interface SolverFinding {
  readonly member: string
  /** Share of the images whose class stays when the ODE is solved exactly instead. */
  readonly agreement: number
  /** Percentage points that the accuracy gains by it. */
  readonly gain: number
  /** Accuracy with the solver of the training, solved exactly, and with a single step of Euler's method. */
  readonly trained: number
  readonly exact: number
  readonly oneEulerStep: number | null
  /** |h(1) - exact| / |exact| with the solver of the training. */
  readonly distance: number
  readonly verdict: 'ode' | 'nearly' | 'discretisation'
}

/** How the certificates of a member's gradients came out. */
export interface GradientFinding {
  readonly member: string
  readonly checked: number
  /** Certificates that hold. */
  readonly trusted: number
  /** Those of which it is not known. */
  readonly unknown: number
  /** What a certificate lets a gradient be off from a finite difference along one direction; it loosens with the tolerance. */
  readonly bound: number
  /**
   * Relative distances of the parameter gradients from the exact ones of the steps taken: the worst of those whose certificate holds, and of the others; null where
   * there are none. One direction does not see all of a distance.
   */
  readonly worstTrusted: number | null
  readonly worstOther: number | null
}

/** What the gradient through most steps takes, over what that through fewest takes. */
export interface MemoryFinding {
  readonly gradient: TrainGradient
  readonly fewest: number
  readonly most: number
  readonly growth: number
}

export interface Findings {
  /** Agreements from which a net is called an ODE, and nearly one. */
  readonly agreementOf: { readonly ode: number; readonly nearly: number }
  readonly solvers: readonly SolverFinding[]
  readonly gradients: readonly GradientFinding[]
  readonly memory: readonly MemoryFinding[]
}

export const AGREEMENT_OF: Findings['agreementOf'] = { ode: 0.99, nearly: 0.95 }

export function solverFindings(plan: ComparisonPlan, { byMember }: Studies): SolverFinding[] {
  return plan.members.flatMap(({ id }) => {
    const study = byMember[id]?.solvers
    const trained = study?.solvers[0]
    const exact = study?.reference
    if (trained?.accuracy == null || exact?.accuracy == null) return []
    const agreement = trained.agreement!
    const euler = study!.solvers.find(({ method, steps }) => method === 'Euler' && steps === 1)
    return {
      member: id,
      agreement,
      gain: 100 * (exact.accuracy - trained.accuracy),
      trained: trained.accuracy,
      exact: exact.accuracy,
      oneEulerStep: euler?.accuracy ?? null,
      distance: trained.distance!,
      verdict:
        agreement >= AGREEMENT_OF.ode
          ? 'ode'
          : agreement >= AGREEMENT_OF.nearly
            ? 'nearly'
            : 'discretisation',
    }
  })
}

export function gradientFindings(plan: ComparisonPlan, { byMember }: Studies): GradientFinding[] {
  return plan.members.flatMap(({ id }) => {
    const study = byMember[id]?.certificates
    const rows = study?.rows ?? []
    if (rows.length === 0) return []
    const worst = (of: readonly CertificateRow[]): number | null =>
      of.length === 0 ? null : Math.max(...of.map(({ fromExact }) => fromExact))
    const trusted = rows.filter(({ isTrusted }) => isTrusted === true)
    return {
      member: id,
      checked: rows.length,
      trusted: trusted.length,
      unknown: rows.filter(({ isTrusted }) => isTrusted === null).length,
      bound: study!.bounds.agreement,
      worstTrusted: worst(trusted),
      worstOther: worst(rows.filter(({ isTrusted }) => isTrusted !== true)),
    }
  })
}

export function memoryFindings({ steps }: MemoryStudy): MemoryFinding[] {
  return [...new Set(steps.map(({ gradient }) => gradient))].flatMap((gradient) => {
    const own = steps.filter((row) => row.gradient === gradient).sort((a, b) => a.steps - b.steps)
    const [first, last] = [own[0]!, own.at(-1)!]
    return { gradient, fewest: first.steps, most: last.steps, growth: last.tensorBytes / first.tensorBytes }
  })
}
