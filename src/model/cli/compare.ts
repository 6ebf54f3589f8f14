import { join } from 'node:path'
import type { ComparisonPlan } from '../comparison/plan.ts'
import { duration } from '../report/numbers.ts'
import { asTyped } from './asTyped.ts'
import { CompareFolder } from './compareFolder.ts'
import { newComparison, type CompareFlags } from './compareOptions.ts'
import { writeComparison } from './compareReport.ts'
import { studiesInThread } from './studiesInThread.ts'
import { continueRun, startRun, type TrainOutcome } from './train.ts'
import { refuseBesideResume, USUAL, type Given } from './trainFlags.ts'
import { UsageError } from './usageError.ts'
import { wordOnWorkers } from './workers.ts'
import { forTerminal } from './wrapped.ts'

/** Points along each training where the parameters are kept, for the certificates. */
const SNAPSHOTS = 8

/** Trains what a comparison lacks, studies every net, and writes the report; each part that is done is kept, and is not done again. */
export async function runComparison(given: Given<CompareFlags>, signal: AbortSignal): Promise<TrainOutcome> {
  const { resume, checkpointEvery = USUAL.checkpointEvery } = given
  const folder = resume === undefined ? await begin(given) : continued(given, resume)
  try {
    return await carryOut(folder, checkpointEvery, signal)
  } finally {
    folder.close()
  }
}

async function carryOut(
  folder: CompareFolder,
  checkpointEvery: number,
  signal: AbortSignal,
): Promise<TrainOutcome> {
  const { plan, path } = folder
  console.log(forTerminal(inWords(plan, path)))
  const started = performance.now()
  const stopped = (): 'interrupted' => {
    console.log(`Stopped. Continue with: ${asTyped('compare', '--resume', path)}`)
    return 'interrupted'
  }
  for (const member of plan.members) {
    const state = folder.trainingOf(member)
    if (state === 'finished') continue
    console.log('')
    const own = join(path, member.folder)
    const outcome =
      state === 'begun'
        ? await continueRun(own, checkpointEvery, signal, member.title)
        : await startRun(
            {
              options: member.options,
              preset: plan.preset,
              data: plan.data ?? undefined,
              withBaseline: false,
              snapshots: member.net === 'odenet' ? SNAPSHOTS : 0,
              path: own,
              name: member.title,
            },
            checkpointEvery,
            signal,
          )
    if (outcome === 'interrupted') return stopped()
  }
  console.log('\nStudies:')
  if (!(await studiesInThread(path, signal))) return stopped()
  const lines = await writeComparison(folder)
  console.log(`\nCompared in ${duration((performance.now() - started) / 1000)}.`)
  for (const line of lines) console.log(line)
  console.log(`The report is ${join(path, 'report.html')}`)
  return 'completed'
}

async function begin(given: Given<CompareFlags>): Promise<CompareFolder> {
  // Everything is read before the first file is written
  const { plan, given: runs } = await newComparison(given)
  const word = wordOnWorkers(given.workers)
  if (word !== null) console.error(word)
  const stamp = plan.startedAt.slice(0, 19).replaceAll(':', '-')
  const path = given.out ?? join('runs', `${stamp}-compare-${plan.preset}-seed${plan.seed}`)
  return CompareFolder.create(path, plan, runs)
}

function continued({ runs = [], ...given }: Given<CompareFlags>, path: string): CompareFolder {
  if (runs.length > 0) {
    throw new UsageError(`--resume continues the comparison in ${path} as it is: leave out other runs.`)
  }
  refuseBesideResume(given, 'comparison')
  return CompareFolder.open(path)
}

function inWords({ members, studyImages }: ComparisonPlan, path: string): string {
  const list = (isGiven: boolean): string =>
    members
      .filter((member) => member.isGiven === isGiven)
      .map(({ title }) => title)
      .join('; ') || 'nothing'
  return [
    `Comparing ${members.length} nets, studied on ${studyImages} test images.`,
    `Given: ${list(true)}. To train: ${list(false)}.`,
    `Everything is kept in ${path}; Ctrl-C stops, and what is done is not done again.`,
  ].join('\n')
}
