import { MAY_BE_WRONG } from '../adjoint/adjointGrowth.ts'
import type { SolveReport } from './solveOptions.ts'

/** Kinds of warnings that were printed. */
const printed = new Set<string>()

/**
 * Tells `onSolve` of a solve. Where there is none, what makes a gradient doubtful is printed, once of each kind in a process: a tensor cannot carry a warning.
 */
export function tell(onSolve: ((report: SolveReport) => void) | undefined, report: SolveReport): void {
  if (onSolve !== undefined) return onSolve(report)
  const kind = doubtOf(report)
  if (kind === null || printed.has(kind)) return
  printed.add(kind)
  const text = report.warnings.find((warning) => warning.startsWith(kind)) ?? report.warnings.at(-1)!
  console.warn(`odeint: ${text} (Said once; \`onSolve\` is told of every gradient.)`)
}

/** What is doubtful in a gradient, in a word or by how its warning begins; null for nothing. */
function doubtOf({ replacedBy, certificate, warnings }: SolveReport): string | null {
  if (replacedBy !== undefined) return replacedBy
  if (certificate !== undefined && certificate.isTrusted !== true) return 'certificate'
  return warnings.some((text) => text.startsWith(MAY_BE_WRONG)) ? MAY_BE_WRONG : null
}

/** So that the next warnings are printed again; for tests. */
export function forgetPrinted(): void {
  printed.clear()
}
