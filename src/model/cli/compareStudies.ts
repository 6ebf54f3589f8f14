import { join } from 'node:path'
import { chooseBackend } from '../../bridge/index.ts'
import { decode } from '../checkpoint.ts'
import type { Member } from '../comparison/plan.ts'
import { MEMORY_FILE, studyFile, type MemberStudies } from '../comparison/studyFiles.ts'
import { pick } from '../imageSet.ts'
import { shapeOf } from '../netShape.ts'
import { odeNetSpec } from '../odeNet.ts'
import { initialParameters } from '../parameters.ts'
import { makeRng } from '../rng.ts'
import { certificateStudy, type Snapshot } from '../study/certificateStudy.ts'
import { StudyStopped } from '../study/errors.ts'
import { memoryStudy } from '../study/memoryStudy.ts'
import { noiseStudy } from '../study/noiseStudy.ts'
import { solverStudy } from '../study/solverStudy.ts'
import { firstOf, range, type Pause, type TrainedNet } from '../study/trainedNet.ts'
import { trajectoryStudy } from '../study/trajectoryStudy.ts'
import type { CompareFolder } from './compareFolder.ts'
import type { Data } from './runData.ts'
import { checkFits, netFile } from './runState.ts'

/** Batches that get a certificate at each snapshot. */
const BATCHES = 2
const IMAGES_PER_BATCH = 32
/** Seconds between two lines of a study. */
const LINE_EVERY = 10
/** Images whose paths are drawn. */
const PATHS = 200

/** Does the studies whose files are missing. @throws StudyStopped (as a rejection) once `signal` is aborted */
export async function runStudies(folder: CompareFolder, data: Data, signal: AbortSignal): Promise<void> {
  const { plan } = folder
  const nets = new Map(plan.members.map((member) => [member.id, trainedNet(folder, member, data)]))
  await chooseBackend(plan.members[0]!.options.backend)
  const keep = async (
    file: string,
    name: string,
    study: (pause: Pause) => Promise<unknown>,
  ): Promise<void> => {
    if (folder.has(file)) return
    const started = performance.now()
    const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`
    console.error(`${name} ...`)
    folder.write(file, `${JSON.stringify(await study(reporting(name, elapsed, signal)))}\n`)
    console.error(`${name}: ${elapsed()}`)
  }
  const test = firstOf(data.test, plan.studyImages)
  for (const member of plan.members) {
    const net = nets.get(member.id)!
    const one = (
      study: keyof MemberStudies,
      name: string,
      body: (pause: Pause) => Promise<unknown>,
    ): Promise<void> => keep(studyFile(member.id, study), `${member.title}: ${name}`, body)
    await one('noise', 'noise on the images', (pause) => noiseStudy(net, test, plan.seed, pause))
    if (member.net !== 'odenet') continue
    await one('solvers', 'other tolerances and solvers', (pause) => solverStudy(net, test, pause))
    await one('certificates', 'certificates of gradients', (pause) =>
      certificateStudy(net, snapshots(folder, member, net), certified(data), pause),
    )
    await one('trajectories', 'paths of the features', (pause) =>
      trajectoryStudy(net, firstOf(test, PATHS), pause),
    )
  }
  await keep(MEMORY_FILE, 'memory of gradients', (pause) => {
    const members = plan.members.map(({ id }) => ({ id, ...nets.get(id)! }))
    return memoryStudy(members, data.train, plan.memorySteps, pause, signal)
  })
}

/** A pause between two parts of a study: stops it on demand, and says now and then that it goes on. */
function reporting(name: string, elapsed: () => string, signal: AbortSignal): Pause {
  let parts = 0
  let lastLine = performance.now()
  return async () => {
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) throw new StudyStopped(name, parts)
    if (performance.now() - lastLine > 1000 * LINE_EVERY) {
      lastLine = performance.now()
      console.error(`${name}: ${parts} parts done after ${elapsed()}`)
    }
    parts++
  }
}

function trainedNet(folder: CompareFolder, member: Member, { train }: Data): TrainedNet {
  const net = folder.netOf(member)
  const { options, state } = net
  checkFits(join(folder.path, member.folder, netFile(member.net)), net, options, train)
  return { options, shape: shapeOf(options, train), parameters: decode(state.parameters) }
}

/** The start, which the seed gives, what was kept on the way, and the end. */
function snapshots(folder: CompareFolder, member: Member, net: TrainedNet): Snapshot[] {
  const { step } = folder.netOf(member).state
  const { batch, seed } = net.options
  const start = initialParameters(odeNetSpec(net.shape), makeRng(seed).fork('parameters'))
  const kept = folder.snapshotsOf(member).map((snapshot) => ({
    ...snapshot,
    parameters: decode(snapshot.parameters),
  }))
  const perEpoch = Math.ceil(folder.plan.trainImages / batch)
  const end = { step, epoch: step / perEpoch, parameters: net.parameters }
  const isEndKept = kept.at(-1)?.step === step
  return [{ step: 0, epoch: 0, parameters: start }, ...kept, ...(isEndKept ? [] : [end])]
}

function certified({ train }: Data): { pixels: Uint8Array; labels: Uint8Array; mask: null }[] {
  const size = Math.min(IMAGES_PER_BATCH, Math.floor(train.n / BATCHES))
  return Array.from({ length: BATCHES }, (_, b) => ({
    ...pick(train, range(b * size, (b + 1) * size)),
    mask: null,
  }))
}
