import type { NamedCurve } from '../../../plot/curvesPlot.ts'
import { movingMean, type Point } from '../../../plot/series.ts'
import type { ComparisonPlan, Member } from '../../comparison/plan.ts'
import type { Studies } from '../../comparison/studyFiles.ts'
import type { RunFacts } from '../../comparison/table.ts'
import type { RunRecord, StepRecord } from '../../runRecord.ts'
import { asPercent, curvesDrawing, type Drawing, type PlotOptions } from './drawing.ts'
import { colorsOf, shortName } from './palette.ts'
import { studyDrawings } from './studyFigures.ts'

export interface Figures {
  /** For the page, by name. */
  readonly small: { readonly [name: string]: PlotOptions }
  /** For files. */
  readonly large: ReadonlyArray<{ readonly name: string; readonly options: PlotOptions }>
}

const PAGE_SIZE = { width: 440, height: 300 }

/** Every picture of a comparison, from its files. */
export function comparisonFigures(
  plan: ComparisonPlan,
  runs: { readonly [id: string]: RunFacts },
  studies: Studies,
): Figures {
  const drawings = { ...trainingDrawings(plan, runs), ...studyDrawings(plan, studies) }
  const all = Object.entries(drawings)
  return {
    small: Object.fromEntries(all.map(([name, draw]) => [name, draw(PAGE_SIZE)])),
    large: all.map(([name, draw]) => ({ name, options: draw({}) })),
  }
}

function trainingDrawings(
  plan: ComparisonPlan,
  runs: { readonly [id: string]: RunFacts },
): Record<string, Drawing> {
  const color = colorsOf(plan)
  const own = ({ id, net }: Member): RunRecord[] =>
    runs[id]!.records.filter((record) => 'net' in record && record.net === net)
  const stepsOf = (member: Member): StepRecord[] => own(member).filter((record) => record.kind === 'step')
  const epochOf = ({ images }: { readonly images: number }): number => images / plan.trainImages
  const minutesOf = ({ seconds }: { readonly seconds: number }): number => seconds / 60
  const smooth = (
    records: readonly StepRecord[],
    x: (r: StepRecord) => number,
    y: (r: StepRecord) => number,
  ): Point[] =>
    // prettier-ignore
    movingMean(
      records.map((r) => ({ x: x(r), y: y(r) })).filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y)),
    )
  const accuracies = (x: (r: { images: number; seconds: number }) => number): NamedCurve[] =>
    plan.members.map((member) => {
      const tests = own(member).filter((record) => record.kind === 'eval')
      return {
        name: shortName(member),
        color: color(member.id),
        points: tests.map((test) => ({ x: x(test), y: test.accuracy })),
        faint: smooth(stepsOf(member), x, (step) => step.accuracy),
        hasDots: true,
      }
    })
  const tested = plan.members.flatMap((member) =>
    own(member).flatMap((record) => (record.kind === 'eval' ? [record.accuracy] : [])),
  )
  // After a single test the batches tell the story, from chance on
  const lowest = tested.length > plan.members.length ? Math.min(0.9, ...tested.map((a) => Math.floor(10 * a - 1e-9) / 10)) : 0 // prettier-ignore
  const accuracyAxis = { from: Math.max(0, lowest), to: 1, format: asPercent } // prettier-ignore
  const legend = 'Dots: test images. Faint: mean over the batches trained on.'
  return {
    accuracy: curvesDrawing({ title: 'Accuracy against epochs', legend, curves: accuracies(epochOf), x: { label: 'epochs', format: String }, y: accuracyAxis }), // prettier-ignore
    accuracyByTime: curvesDrawing({ title: 'Accuracy against time', legend, curves: accuracies(minutesOf), x: { label: 'minutes of training', format: String }, y: accuracyAxis }), // prettier-ignore
    loss: curvesDrawing({
      title: 'Loss (cross-entropy, nats)',
      legend: 'Mean over the batches trained on.',
      curves: plan.members.map((member) => ({
        name: shortName(member),
        color: color(member.id),
        points: smooth(stepsOf(member), epochOf, (step) => step.loss),
        hasDots: false,
      })),
      x: { label: 'epochs', format: String },
      y: { isLog: true, format: String },
    }),
    evaluations: curvesDrawing({
      title: 'Evaluations of the right-hand side in a step',
      legend: 'Solid: of f, forward. Faint: of its vector-Jacobian product, backward.',
      curves: plan.members
        .filter(({ net }) => net === 'odenet')
        .map((member) => ({
          name: shortName(member),
          color: color(member.id),
          points: smooth(stepsOf(member), epochOf, (step) => step.nfeForward),
          faint: smooth(stepsOf(member), epochOf, (step) => step.nfeBackward),
          hasDots: false,
        })),
      x: { label: 'epochs', format: String },
      y: { from: 0, to: mostEvaluations(plan.members.flatMap(stepsOf)), format: String },
    }),
  }
}

function mostEvaluations(steps: readonly StepRecord[]): number {
  const most = steps.reduce((top, { nfeForward, nfeBackward }) => Math.max(top, nfeForward, nfeBackward), 1)
  return 1.08 * (Number.isFinite(most) ? most : 1)
}
