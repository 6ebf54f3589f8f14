import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { toPng } from '../../plot/png.ts'
import { toSvg } from '../../plot/render.ts'
import { accuracyCurve, evaluationsCurve, lossCurve } from '../../plot/training.ts'
import { datasets } from '../dataset.ts'
import type { ImageSet } from '../imageSet.ts'
import { readMetrics } from '../metrics.ts'
import { netNames, nets, type Net } from '../nets.ts'
import { aboutNets } from '../report/aboutNets.ts'
import { recipeOf } from '../report/recipe.ts'
import { renderReport, type ReportInput } from '../report/report.ts'
import { keptAsTyped } from './asTyped.ts'
import { readJson } from './jsonFile.ts'
import { thisMachine, type Machine } from './machine.ts'
import type { RunFolder, RunState } from './runFolder.ts'
import { SUMMARY } from './runSummary.ts'

export interface Reported {
  readonly path: string
  readonly seconds: number
}

/** Plots and the HTML report, from what the folder holds. Returns where it is and the seconds of training in it. */
export async function writeReport(
  folder: RunFolder,
  state: RunState,
  test: ImageSet,
  outcome: ReportInput['outcome'],
  message: string,
): Promise<Reported> {
  const all = await readMetrics(join(folder.path, 'metrics.jsonl'))
  const records = all.filter((record) => record.kind === 'step' || record.kind === 'eval')
  for (const [name, draw] of Object.entries({
    loss: lossCurve,
    accuracy: accuracyCurve,
    evaluations: evaluationsCurve,
  })) {
    const svg = toSvg(draw(records))
    folder.write(`${name}.svg`, svg)
    folder.write(`${name}.png`, toPng(svg))
  }
  const config = all.find((record) => record.kind === 'config')
  const last = (net: string): number => records.filter((record) => record.net === net).at(-1)?.seconds ?? 0
  // Of a run that is not finished, the last test
  const accuracyOf = (net: Net): number | null =>
    state.finished[net] ??
    records.findLast((record) => record.kind === 'eval' && record.net === net)?.accuracy ??
    null
  const seconds = netNames.reduce((sum, net) => sum + last(net), 0)
  const evaluation = state.evaluation
  const size = test.height * test.width * test.channels
  const path = folder.write(
    'report.html',
    renderReport({
      title: `${nets[state.options.net].title} on ${datasets[state.options.dataset].title}`,
      startedAt: config?.startedAt ?? '',
      outcome,
      message,
      net: state.options.net,
      accuracy: accuracyOf(state.options.net),
      stemAccuracy: state.options.net === 'stem' ? null : accuracyOf('stem'),
      seconds,
      seed: state.options.seed,
      command: keptAsTyped(state.command),
      versions: versionsOf(folder),
      about: aboutNets(state.options, test, state.withBaseline),
      recipe: recipeOf(state.options),
      configuration: { ...state.options, maxImages: String(state.options.maxImages) },
      records,
      classNames: test.classNames,
      imageShape: test,
      confusion: evaluation?.confusion ?? [],
      misclassified: (evaluation?.mistakes ?? []).map(({ index, label, predicted }) => ({
        pixels: test.images.subarray(index * size, (index + 1) * size),
        label,
        predicted,
      })),
    }),
  )
  return { path, seconds }
}

/** Those that a completed run was trained with; a report that is written again does not change them. */
function versionsOf({ path }: RunFolder): Machine['versions'] {
  const summary = join(path, SUMMARY)
  return existsSync(summary) ? readJson<Machine>(summary).versions : thisMachine().versions
}
