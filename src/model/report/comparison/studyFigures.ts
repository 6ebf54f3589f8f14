import type { NamedCurve } from '../../../plot/curvesPlot.ts'
import { pathsPlot } from '../../../plot/pathsPlot.ts'
import { rowsPlot } from '../../../plot/rowsPlot.ts'
import { BLUE, GREEN, VIOLET } from '../../../plot/colors.ts'
import type { Point } from '../../../plot/series.ts'
import type { ComparisonPlan, Member } from '../../comparison/plan.ts'
import type { StudiesOf, Studies } from '../../comparison/studyFiles.ts'
import type { MemoryStudy } from '../../study/memoryStudy.ts'
import type { CertificateRow } from '../../study/certificateStudy.ts'
import type { SolverCase, SolverRow } from '../../study/solverStudy.ts'
import { asNumber, asPercent, curvesDrawing, type Drawing } from './drawing.ts'
import { colorsOf, shortName } from './palette.ts'

const OF_GRADIENTS: { readonly [gradient: string]: string } = {
  adjoint: BLUE,
  autodiff: VIOLET,
  discrete: GREEN,
}

const logarithmic = { isLog: true, format: asNumber } as const

/** The pictures of the studies that are there. */
export function studyDrawings(plan: ComparisonPlan, { byMember, memory }: Studies): Record<string, Drawing> {
  const color = colorsOf(plan)
  const curves = (hasDots: boolean, of: (studies: StudiesOf) => readonly Point[] | undefined): NamedCurve[] =>
    plan.members.flatMap((member) => {
      const points = of(byMember[member.id] ?? {})
      return points === undefined
        ? []
        : [{ name: shortName(member), color: color(member.id), points, hasDots }]
    })
  const byTolerance = (of: (row: SolverRow) => number | null): NamedCurve[] =>
    curves(true, ({ solvers }) =>
      solvers?.tolerances.map((row) => ({ x: row.tolerance!, y: of(row) ?? Number.NaN })),
    )
  const byEpoch = (of: (row: CertificateRow) => number | null): NamedCurve[] =>
    curves(true, ({ certificates }) => certificates && means(certificates.rows, of))
  const tolerance = { label: 'tolerance, loose to tight', isLog: true, isReversed: true, format: powerOfTen, ticks: [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6], from: 8e-7, to: 0.12 } // prettier-ignore
  const epochs = { label: 'epochs', format: String }
  const bounds = Object.values(byMember).flatMap(({ certificates }) => certificates?.bounds ?? [])
  const ofMemory = plan.members.some(({ net }) => net === 'odenet')
  return {
    tolerances: curvesDrawing({
      title: 'Accuracy at other tolerances',
      legend: 'Trained once, solved again with RK45.',
      curves: byTolerance((row) => row.accuracy),
      x: tolerance,
      y: { ...spreadOf(byTolerance((row) => row.accuracy)), format: asPercent },
    }),
    distances: curvesDrawing({
      title: 'Distance of h(1) from the exact solution',
      legend: 'Relative, over all images; RK45.',
      curves: byTolerance((row) => row.distance),
      x: tolerance,
      y: logarithmic,
    }),
    ...(Object.values(byMember).some(({ solvers }) => solvers !== undefined)
      ? { solvers: solverRows(plan, byMember, color) }
      : {}),
    noise: curvesDrawing({
      title: 'Accuracy on noisy images',
      legend: 'Normal noise on every pixel; black is 0, white is 1.',
      curves: curves(true, ({ noise }) => noise?.rows.map((row) => ({ x: row.deviation, y: row.accuracy }))), // prettier-ignore
      x: { label: 'standard deviation of the noise', format: String },
      y: { from: 0, to: 1, format: asPercent },
    }),
    fromExact: curvesDrawing({
      title: 'Distance of gradients from the exact ones',
      legend: 'Relative, all parameters; mean over the batches.',
      curves: byEpoch((row) => row.fromExact),
      x: epochs,
      y: logarithmic,
    }),
    certificates: curvesDrawing({
      title: 'Certificates: against a finite difference',
      legend: 'Mean over the batches. Dashed: the bounds of trust.',
      curves: byEpoch((row) => row.difference),
      x: epochs,
      y: logarithmic,
      rules: [...new Set(bounds.map(({ agreement }) => agreement))],
    }),
    ...(ofMemory
      ? {
          memory: memoryCurves(memory, 'tensorBytes', 'Peak of a gradient: all tensors, in MB'),
          memoryOfProcess: memoryCurves(memory, 'residentPeak', 'Peak of a gradient: the process, in MB'),
        }
      : {}),
    ...Object.fromEntries(
      plan.members.flatMap((member): [string, Drawing][] => {
        const study = byMember[member.id]?.trajectories
        if (study === undefined) return []
        const names = study.means.map((mean) => ({ ...mean, group: mean.label, name: String(mean.label) }))
        const draw: Drawing = (size) =>
          pathsPlot(
            {
              title: member.title,
              legend: 'A line for each image; strong: the mean of its class.',
              paths: study.paths.map((path) => ({ ...path, group: path.label })),
              means: names,
              xLabel: 'first principal component',
              yLabel: 'second',
            },
            size,
          )
        return [[trajectoryFigure(member), draw]]
      }),
    ),
  }
}

export function trajectoryFigure({ id }: Pick<Member, 'id'>): string {
  return `trajectories-${id}`
}

/** A solver in words. */
export function caseName({ method, steps, tolerance }: SolverCase): string {
  if (steps !== null) return `${method}, ${steps} step${steps === 1 ? '' : 's'}`
  return `${method}, ${powerOfTen(tolerance!)}`
}

function solverRows(
  plan: ComparisonPlan,
  byMember: Studies['byMember'],
  color: (id: string) => string,
): Drawing {
  const dots = plan.members.flatMap(({ id }) => {
    const study = byMember[id]?.solvers
    if (study === undefined) return []
    const rows: [string, SolverRow][] = [
      ['as trained', study.solvers[0]!],
      ...study.solvers.slice(1).map((row): [string, SolverRow] => [caseName(row), row]),
      ['exact', study.reference],
    ]
    return rows.map(([row, { accuracy }]) => ({ row, value: accuracy ?? Number.NaN, color: color(id) }))
  })
  const rows = [...new Set(dots.map(({ row }) => row))]
  const { from, to } = spreadOf([{ points: dots.map(({ value }) => ({ x: 0, y: value })) }])
  return (size) =>
    rowsPlot(
      { title: 'Accuracy with other solvers', legend: 'Colours as in the other plots.', rows, dots, label: 'accuracy', format: asPercent, from, to }, // prettier-ignore
      size,
    )
}

function memoryCurves(memory: MemoryStudy, of: 'tensorBytes' | 'residentPeak', title: string): Drawing {
  const steps = [...new Set(memory.steps.map((row) => row.steps))]
  const curves = [...new Set(memory.steps.map(({ gradient }) => gradient))].map((gradient) => ({
    name: gradient,
    color: OF_GRADIENTS[gradient] ?? GREEN,
    points: memory.steps
      .filter((row) => row.gradient === gradient)
      .map((row) => ({ x: row.steps, y: row[of] / 1e6 })),
    hasDots: true,
  }))
  const input = { title, legend: 'Through equal steps of RK4.', curves }
  const x = { label: 'steps of the solver', format: String, ticks: steps }
  return curvesDrawing({ ...input, x, y: { from: 0, format: String } })
}

/** Room around accuracies: at least two percentage points. */
function spreadOf(curves: readonly Pick<NamedCurve, 'points'>[]): { from: number; to: number } {
  const values = curves.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite)
  const [least, most] = [Math.min(1, ...values), Math.max(0, ...values)]
  const margin = Math.max(0.01, 0.15 * (most - least))
  return { from: Math.max(0, least - margin), to: Math.min(1, most + margin) }
}

/** Means over the batches of each moment. */
function means(rows: readonly CertificateRow[], of: (row: CertificateRow) => number | null): Point[] {
  return [...new Set(rows.map(({ epoch }) => epoch))].map((epoch) => {
    const values = rows.filter((row) => row.epoch === epoch).map((row) => of(row) ?? Number.NaN)
    return { x: epoch, y: values.reduce((sum, value) => sum + value, 0) / values.length }
  })
}

function powerOfTen(value: number): string {
  const power = Math.round(Math.log10(value))
  return Math.abs(value / 10 ** power - 1) < 1e-9 && power < -1 ? `1e${power}` : String(value)
}
