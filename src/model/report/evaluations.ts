import { toSvg } from '../../plot/render.ts'
import { evaluationsCurve } from '../../plot/training.ts'
import type { TrainingRecord, TrainingStep } from '../../plot/trainingRecord.ts'
import { count, decimal, median } from './numbers.ts'

/** Steps that may differ from the usual number before a plot is worth its room. */
const UNUSUAL = 0.05

/**
 * How many evaluations of the right-hand side the steps of the ODENet took: a sentence where nearly all took the same, else
 * the plot, with what it does not show. Empty where there was no ODE.
 */
export function evaluationsFigure(
  records: readonly TrainingRecord[],
  size: { readonly width: number; readonly height: number },
): { readonly figure: string; readonly text: string } {
  const steps = records.filter((r) => r.kind === 'step').filter((r) => r.net === 'odenet')
  if (steps.length === 0) return { figure: '', text: '' }
  const forward = directionOf(steps, (r) => r.nfeForward)
  const backward = directionOf(steps, (r) => r.nfeBackward)
  if (forward === null || backward === null) return { figure: '', text: '' }
  const tested = records.filter((r) => r.kind === 'eval' && r.net === 'odenet').at(-1)
  const inTest =
    tested === undefined || tested.nfeForward === forward.usual
      ? ''
      : ` In the last test a solve took ${decimal(tested.nfeForward)} on average.`
  const played = backward.most === 0 ? ', which plays a tape back' : ''
  const words = 'Evaluations of the right-hand side'
  if (forward.unusual <= UNUSUAL && backward.unusual <= UNUSUAL) {
    return { figure: '', text: `${words} in a step: ${usualNumber(forward)} in the solve, ${usualNumber(backward)} in its gradient${played}.${inTest}` } // prettier-ignore
  }
  return {
    figure: `<figure>${toSvg(evaluationsCurve(records, size))}</figure>`,
    text: `${words}: ${range(forward)} in the solve of a step (forward), ${range(backward)} in its gradient (backward)${played}.${inTest}`,
  }
}

interface Direction {
  readonly usual: number
  readonly least: number
  readonly most: number
  /** Share of the steps that took another number than the usual one. */
  readonly unusual: number
}

/** Null where nothing was counted. */
function directionOf(steps: readonly TrainingStep[], of: (step: TrainingStep) => number): Direction | null {
  const values = steps.map(of).filter(Number.isFinite)
  if (values.length === 0) return null
  const usual = median(values)
  const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [usual, usual])
  return { usual, least, most, unusual: values.filter((v) => v !== usual).length / values.length }
}

function usualNumber(direction: Direction): string {
  const { usual, least, most } = direction
  return least === most ? count(usual) : `nearly always ${count(usual)} (${range(direction)})`
}

function range({ least, most }: Direction): string {
  return least === most ? `always ${count(least)}` : `from ${count(least)} to ${count(most)}`
}
