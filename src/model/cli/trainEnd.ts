import { duration, percent } from '../report/numbers.ts'
import { asTyped } from './asTyped.ts'
import type { RunState } from './runFolder.ts'
import type { Reported } from './runReport.ts'

/** What a completed training says last: the report, the time, what to do next, and the accuracies. @param isPart - of a comparison, whose studies come next */
export function endOfTraining(folder: string, report: Reported, state: RunState, isPart: boolean): string {
  const { options, finished } = state
  const isStemApart = options.net !== 'stem' && finished.stem !== undefined
  return [
    `Trained in ${duration(report.seconds)}. The report is ${report.path}`,
    `Metrics, plots and nets are in ${folder}`,
    ...(isPart
      ? []
      : [
          `Test it again:              ${asTyped('eval', folder)}`,
          `Compare it with other nets: ${asTyped('compare', folder)}`,
        ]),
    ...(isStemApart ? [`stem-only accuracy ${percent(finished.stem ?? null)}`] : []),
    `test accuracy ${percent(finished[options.net] ?? null)}`,
  ].join('\n')
}

/** What a training says that was stopped before its end. */
export function stopOfTraining(report: Reported): string {
  return `Trained for ${duration(report.seconds)} so far. The report is ${report.path}`
}
