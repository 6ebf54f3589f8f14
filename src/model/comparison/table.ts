import { mean, median } from '../report/numbers.ts'
import { RESIDUAL_BLOCKS } from '../residualBlock.ts'
import type { RunRecord } from '../runRecord.ts'
import { AGREEMENT_OF, gradientFindings, memoryFindings, solverFindings, type Findings } from './findings.ts'
import type { ComparisonPlan, Member } from './plan.ts'
import type { Studies } from './studyFiles.ts'

/** What a member reached and what it took. */
export interface MemberRow {
  readonly id: string
  readonly title: string
  /** What lies between stem and head, in words; null for nothing. */
  readonly middle: string | null
  readonly parameters: number
  readonly epochs: number
  /** On all test images after the training; null where there was no test. */
  readonly testAccuracy: number | null
  readonly testLoss: number | null
  /** Percentage points above the stem alone; null where there is none. */
  readonly overStem: number | null
  readonly trainSeconds: number
  /** Median over the steps. */
  readonly imagesPerSecond: number
  /** Means over the steps of the training; null without an ODE. */
  readonly evaluationsForward: number | null
  readonly evaluationsBackward: number | null
  /** Peak in one step of the training, on the images of one worker. */
  readonly memoryImages: number | null
  readonly tensorBytes: number | null
  readonly residentPeak: number | null
}

/** `comparison.json`: the table and what follows from the studies. */
export interface Comparison {
  readonly members: readonly MemberRow[]
  readonly findings: Findings
}

export interface RunFacts {
  readonly records: readonly RunRecord[]
  readonly parameters: number
}

export function comparisonOf(
  plan: ComparisonPlan,
  runs: { readonly [id: string]: RunFacts },
  studies: Studies,
): Comparison {
  const rows = plan.members.map((member) => rowOf(member, plan, runs[member.id]!, studies))
  const stem = rows.find(({ id }) => id === 'stem')?.testAccuracy ?? null
  const members = rows.map((row): MemberRow => {
    if (stem === null || row.testAccuracy === null || row.id === 'stem') return row
    return { ...row, overStem: 100 * (row.testAccuracy - stem) }
  })
  return {
    members,
    findings: {
      agreementOf: AGREEMENT_OF,
      solvers: solverFindings(plan, studies),
      gradients: gradientFindings(plan, studies),
      memory: memoryFindings(studies.memory),
    },
  }
}

function rowOf(member: Member, plan: ComparisonPlan, run: RunFacts, { memory }: Studies): MemberRow {
  const own = run.records.filter((record) => 'net' in record && record.net === member.net)
  const steps = own.filter((record) => record.kind === 'step')
  const tested = own.findLast((record) => record.kind === 'eval')
  const last = steps.at(-1)
  const measured = memory.members.find((row) => row.member === member.id)
  const hasOde = member.net === 'odenet'
  return {
    id: member.id,
    title: member.title,
    middle: middleOf(member),
    parameters: run.parameters,
    epochs: (last?.images ?? 0) / plan.trainImages,
    testAccuracy: tested?.accuracy ?? null,
    testLoss: tested?.loss ?? null,
    overStem: null,
    trainSeconds: last?.seconds ?? 0,
    imagesPerSecond: median(steps.map((step) => step.imagesPerSecond)),
    evaluationsForward: hasOde ? mean(steps.map((step) => step.nfeForward)) : null,
    evaluationsBackward: hasOde ? mean(steps.map((step) => step.nfeBackward)) : null,
    memoryImages: measured?.images ?? null,
    tensorBytes: measured?.tensorBytes ?? null,
    residentPeak: measured?.residentPeak ?? null,
  }
}

function middleOf({ net, options: { method, step, rtol } }: Member): string | null {
  if (net === 'stem') return null
  if (net === 'resnet') return `${RESIDUAL_BLOCKS} residual blocks`
  return step === null ? `${method} at tolerance ${rtol}` : `${method}, ${Math.round(1 / step)} steps`
}
