import { join } from 'node:path'
import { nameOf, optionsOfRole, roles, type ComparisonPlan, type Member, type Role } from '../comparison/plan.ts' // prettier-ignore
import { shellWord } from './asTyped.ts'
import { finishedRun } from './compareFolder.ts'
import { checkFits, netFile, readNet } from './runState.ts'
import { thisMachine } from './machine.ts'
import { loadData } from './runData.ts'
import { flagOf, givenFlags } from './flagNames.ts'
import { USUAL, withUsual, type Given, type TrainFlags } from './trainFlags.ts'
import { optionsOf } from './trainOptions.ts'
import { UsageError } from './usageError.ts'

/** What the command line gave to `odenet compare`. */
export interface CompareFlags extends Omit<
  TrainFlags,
  'net' | 'gradient' | 'method' | 'step' | 'baseline' | 'snapshots'
> {
  /** Folders of finished runs. */
  readonly runs: readonly string[]
  /** Names of roles, separated by commas. */
  readonly members: string
  readonly studyImages: number
  /** Numbers separated by commas. */
  readonly memorySteps: string
}

export const USUAL_COMPARISON: Pick<
  CompareFlags,
  'preset' | 'seed' | 'backend' | 'checkpointEvery' | 'runs' | 'members' | 'studyImages' | 'memorySteps'
> = {
  preset: USUAL.preset,
  seed: USUAL.seed,
  backend: USUAL.backend,
  checkpointEvery: USUAL.checkpointEvery,
  runs: [],
  members: roles.join(','),
  studyImages: 1000,
  memorySteps: '1,2,4,8,16',
}

/** A new comparison: what it is, the images, and the runs that it copies. */
export interface NewComparison {
  readonly plan: ComparisonPlan
  readonly given: ReadonlyArray<{ readonly from: string; readonly folder: string }>
}

/** Reads the runs that are given, decides what else is to be trained, and loads the images; writes nothing. */
export async function newComparison(asGiven: Given<CompareFlags>): Promise<NewComparison> {
  const flags: CompareFlags = withUsual<CompareFlags>(asGiven, USUAL_COMPARISON)
  const wanted = rolesOf(flags.members)
  if (!(Number.isInteger(flags.studyImages) && flags.studyImages > 0)) {
    throw new UsageError(`--study-images must be a positive whole number; received ${flags.studyImages}.`)
  }
  const memorySteps = flags.memorySteps.split(',').map(Number)
  if (!memorySteps.every((steps) => Number.isInteger(steps) && steps > 0 && steps <= MOST_STEPS)) {
    throw new UsageError(
      `--memory-steps takes whole numbers from 1 to ${MOST_STEPS}, separated by commas; received ${flags.memorySteps}.`,
    )
  }
  const runs = flags.runs.map((from) => ({ from, ...finishedRun(from) }))
  const members: Member[] = []
  const given: { from: string; folder: string }[] = []
  for (const { from, state, nets } of runs) {
    const folder = distinct(nameOf(state.options).id, given.map((one) => one.folder)) // prettier-ignore
    given.push({ from, folder })
    for (const net of nets) {
      const options = { ...state.options, net }
      // Of a baseline that another run has brought, the first is taken
      if (net !== state.options.net && members.some((member) => member.net === net)) continue
      members.push({ ...named(options, members), net, folder, isGiven: true, options })
    }
  }
  checkAlike(members)
  if (runs.length > 0) refuseTrainingFlags(asGiven)
  const rtolNeedsAdjoint = { net: 'odenet', gradient: 'adjoint', method: 'RK45', step: undefined } as const
  const base =
    runs[0]?.state.options ?? optionsOf({ ...flags, ...rtolNeedsAdjoint, baseline: false, snapshots: 0 })
  for (const role of wanted) {
    const options = optionsOfRole(role, base)
    if (members.some((member) => nameOf(member.options).id === role)) continue
    members.push({ ...named(options, members), net: options.net, folder: role, isGiven: false, options })
  }
  if (members.length === 0) throw new UsageError('There is nothing to compare: give runs, or --members.')
  const dataFolder = flags.data ?? runs[0]?.state.data ?? undefined
  const data = await loadData(base, dataFolder)
  for (const { from, nets } of runs) {
    for (const net of nets) {
      const checkpoint = readNet(from, net)
      checkFits(join(from, netFile(net)), checkpoint, checkpoint.options, data.train)
    }
  }
  return {
    given,
    plan: {
      preset: runs[0]?.state.preset ?? flags.preset,
      data: dataFolder ?? null,
      trainImages: data.train.n,
      studyImages: Math.min(flags.studyImages, data.test.n),
      memorySteps,
      seed: base.seed,
      startedAt: new Date().toISOString(),
      command: commandOfComparison(flags),
      ...thisMachine(),
      members: members.sort((a, b) => rank(a) - rank(b)),
    },
  }
}

function rolesOf(text: string): Role[] {
  const names = text.split(',').filter((name) => name !== '')
  for (const name of names) {
    if (!roles.includes(name as Role)) {
      throw new UsageError(`--members takes ${roles.join(', ')}, separated by commas; received ${name}.`)
    }
  }
  return roles.filter((role) => names.includes(role))
}

function named(options: Member['options'], others: readonly Member[]): { id: string; title: string } {
  const { id, title } = nameOf(options)
  const own = distinct(id, others.map((other) => other.id)) // prettier-ignore
  return { id: own, title: own === id ? title : `${title} (${own.slice(id.length + 1)})` }
}

function distinct(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name
  for (let k = 2; ; k++) if (!taken.includes(`${name}-${k}`)) return `${name}-${k}`
}

/** Nets on other images, or with other random numbers, say nothing about each other. */
function checkAlike(members: readonly Member[]): void {
  const first = members[0]?.options
  for (const { options } of members) {
    for (const name of ['dataset', 'seed', 'holdOut'] as const) {
      if (options[name] === first![name]) continue
      throw new UsageError(
        `The runs differ in their ${name} (${first![name]} and ${options[name]}): compare runs of one ${name}.`,
      )
    }
  }
}

/** The tape of more would not fit for a single image of the larger presets. */
const MOST_STEPS = 64

/** Flags that mean something beside finished runs. */
const OF_COMPARISON = ['runs', 'members', 'studyImages', 'memorySteps', 'data', 'out', 'checkpointEvery']

function refuseTrainingFlags(asGiven: Given<CompareFlags>): void {
  const names = givenFlags(asGiven, OF_COMPARISON)
  if (names === null) return
  throw new UsageError(
    `${names} would have no effect beside finished runs: what is missing is trained with the options of the first one. Leave it out, or give no runs.`,
  )
}

function rank({ options, id }: Member): number {
  const at = roles.indexOf(nameOf(options).id as Role)
  return at < 0 ? roles.indexOf('autodiff') + 0.5 : at + (id === nameOf(options).id ? 0 : 0.1)
}

function commandOfComparison(flags: CompareFlags): string {
  const { runs, members, studyImages, memorySteps, preset, seed, backend, data, resume: _r, out: _o, checkpointEvery: _c, ...rest } = flags // prettier-ignore
  const own = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const all = { ...(runs.length > 0 ? {} : { preset, ...own, seed, backend }), members, studyImages, memorySteps, ...(data === undefined ? {} : { data }) } // prettier-ignore
  const text = Object.entries(all).map(([name, value]) => `${flagOf(name)} ${shellWord(String(value))}`)
  return ['odenet compare', ...runs.map(shellWord), ...text].join(' ')
}
