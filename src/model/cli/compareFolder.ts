import { cpSync, existsSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Checkpoint } from '../checkpoint.ts'
import type { ComparisonPlan, Member } from '../comparison/plan.ts'
import type { Net } from '../nets.ts'
import { asTyped } from './asTyped.ts'
import { attempt } from './attempt.ts'
import { makeEmptyFolder } from './emptyFolder.ts'
import { FolderLock, isOfLock } from './folderLock.ts'
import { readJson } from './jsonFile.ts'
import { finishedNets, netFile, readNet, readState, snapshotsIn, STATE, type KeptParameters, type RunState } from './runState.ts' // prettier-ignore
import { readSealed, writeSealed } from './sealedFile.ts'
import { UsageError } from './usageError.ts'
import { writeWhole } from './wholeFile.ts'

const PLAN = 'plan.json'

/** The folder of a comparison, locked for this process: its plan, a run folder for each net that is trained, the studies, and the report. */
export class CompareFolder {
  readonly path: string
  readonly plan: ComparisonPlan
  readonly #lock: FolderLock | null

  private constructor(path: string, plan: ComparisonPlan, lock: FolderLock | null) {
    this.path = path
    this.plan = plan
    this.#lock = lock
  }

  /** A new folder, with copies of the runs that are given. Refuses one that holds files. */
  static create(
    path: string,
    plan: ComparisonPlan,
    given: ReadonlyArray<{ readonly from: string; readonly folder: string }>,
  ): CompareFolder {
    makeEmptyFolder(path, 'comparison', PLAN)
    return FolderLock.keeping(path, 'comparison', (lock) => {
      // Another process may have been faster
      makeEmptyFolder(path, 'comparison', PLAN)
      const filter = (file: string): boolean => !isOfLock(basename(file))
      for (const { from, folder } of given) {
        attempt(from, 'cannot be copied', () => cpSync(from, join(path, folder), { recursive: true, filter }))
      }
      writeSealed(join(path, PLAN), plan, 2)
      return new CompareFolder(path, plan, lock)
    })
  }

  static open(path: string): CompareFolder {
    const file = join(path, PLAN)
    if (!existsSync(file)) {
      throw new UsageError(`--resume ${path} holds no ${PLAN}: give the folder of an earlier comparison.`, 1)
    }
    return FolderLock.keeping(path, 'comparison', (lock) => new CompareFolder(path, planIn(path), lock))
  }

  /** For another thread of the process that has the lock. */
  static shared(path: string): CompareFolder {
    return new CompareFolder(path, planIn(path), null)
  }

  /** Gives the folder to others. */
  close(): void {
    this.#lock?.release()
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name))
  }

  read<T>(name: string): T {
    return readJson(join(this.path, name))
  }

  write(name: string, content: string | Uint8Array): void {
    writeWhole(join(this.path, name), content)
  }

  /** Where the training of a member stands. */
  trainingOf({ folder, net }: Member): 'none' | 'begun' | 'finished' {
    if (this.has(join(folder, netFile(net))) && this.stateOf(folder).training === null) return 'finished'
    if (this.has(join(folder, STATE))) return 'begun'
    // Killed between the folder and its first checkpoint: nothing is lost
    rmSync(join(this.path, folder), { recursive: true, force: true })
    return 'none'
  }

  stateOf(folder: string): RunState {
    return readState(join(this.path, folder))
  }

  netOf({ folder, net }: Member): Checkpoint {
    return readNet(join(this.path, folder), net)
  }

  /** Parameters that were kept along the training, in their order. */
  snapshotsOf({ folder }: Member): KeptParameters[] {
    return snapshotsIn(join(this.path, folder))
  }
}

function planIn(path: string): ComparisonPlan {
  const file = join(path, PLAN)
  const plan = readSealed<ComparisonPlan>(file)
  if (Array.isArray(plan.members) && plan.members.length > 0) return plan
  throw new UsageError(`${file} is no plan of a comparison: give the folder of an earlier comparison.`, 1)
}

/** A finished run: its state and the nets that it left. */
export function finishedRun(path: string): { readonly state: RunState; readonly nets: readonly Net[] } {
  const file = join(path, STATE)
  if (!existsSync(file)) {
    throw new UsageError(`${path} holds no ${STATE}: give the folders of runs of ${asTyped('train')}.`, 1)
  }
  const state = readState(path)
  if (state.training !== null) {
    throw new UsageError(
      `The run in ${path} is not finished. Finish it with: ${asTyped('train', '--resume', path)}`,
      1,
    )
  }
  return { state, nets: finishedNets(path) }
}
