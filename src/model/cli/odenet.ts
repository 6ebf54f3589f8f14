/** The `odenet` command. */
import { NodeRuntime, NodeServices } from '@effect/platform-node'
import { Effect, Option, Runtime } from 'effect'
import { Argument, CliConfig, CliOutput, Command, Flag, GlobalFlag } from 'effect/cli'
import { BACKEND_WISHES } from '../../bridge/backendSource.ts'
import { roles } from '../comparison/plan.ts'
import { netNames } from '../nets.ts'
import { presetNames } from '../presets.ts'
import { gradientNames } from '../trainOptions.ts'
import { asTyped } from './asTyped.ts'
import { USUAL_COMPARISON, type CompareFlags } from './compareOptions.ts'
import { evaluateRun } from './evaluate.ts'
import { guarded, MISUSED } from './guarded.ts'
import { outliveReaders } from './lostOutput.ts'
import { ownPackage } from './ownPackage.ts'
import { withPackages } from './packages.ts'
import { presenter } from './presenter.ts'
import { methodNames } from './solverFlags.ts'
import { runTraining } from './train.ts'
import { USUAL, type Given, type TrainFlags } from './trainFlags.ts'

const optional = (flag: Flag.Flag<number>, description: string): Flag.Flag<Option.Option<number>> =>
  flag.pipe(Flag.withDescription(description), Flag.optional)
const text = (name: string, description: string): Flag.Flag<Option.Option<string>> =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

/** Training runs under Node and reads at once. */
const backends = BACKEND_WISHES.filter((name) => name !== 'webgl' && name !== 'webgpu')

const flags = {
  preset: Flag.Literals('preset', presetNames).pipe(
    Flag.withDescription(`starting point for every other option (default ${USUAL.preset})`),
    Flag.optional,
  ),
  net: Flag.Literals('net', netNames).pipe(
    Flag.withDescription(
      `odenet, resnet (residual blocks in the place of the ODE block) or stem (neither); default ${USUAL.net}`,
    ),
    Flag.optional,
  ),
  gradient: Flag.Literals('gradient', gradientNames).pipe(
    Flag.withDescription('how gradients pass the ODE (default adjoint); autodiff takes RK4 with step 0.1'),
    Flag.optional,
  ),
  method: Flag.Literals('method', methodNames).pipe(
    Flag.withDescription('solver (default RK45)'),
    Flag.optional,
  ),
  step: optional(Flag.Finite('step'), 'equal steps of RK4, Heun, Midpoint, Euler; the interval has length 1'),
  rtol: optional(Flag.Finite('rtol'), 'relative tolerance of the solves'),
  atol: optional(Flag.Finite('atol'), 'absolute tolerance of the solves (default: as --rtol)'),
  epochs: optional(Flag.Int('epochs'), 'passes over the training images'),
  images: optional(Flag.Int('images'), 'stop after this many images'),
  batch: optional(Flag.Int('batch'), 'images per step'),
  dim: optional(Flag.Int('dim'), 'channels of the ODE state'),
  groups: optional(Flag.Int('groups'), 'groups of the normalisations; at least two channels each'),
  lr: optional(Flag.Finite('lr'), 'peak learning rate'),
  dropout: optional(Flag.Finite('dropout'), 'share of pooled features dropped while training'),
  patience: optional(Flag.Int('patience'), 'epochs without progress before the plateau schedule acts'),
  earlyStop: optional(
    Flag.Int('early-stop'),
    'end after so many epochs without a better accuracy, with the net of the best one',
  ),
  average: optional(
    Flag.Finite('average'),
    'share that each step keeps of a running mean of the parameters, which is then tested and kept, such as 0.99 (default: none)',
  ),
  holdOut: optional(
    Flag.Finite('hold-out'),
    'share of the training images for the plateau schedule and the early stop (default 0: they see the test images)',
  ),
  seed: Flag.Int('seed').pipe(
    Flag.withDescription(`decides every random number (default ${USUAL.seed})`),
    Flag.optional,
  ),
  workers: optional(
    Flag.Int('workers'),
    'worker threads with a backend each, no more than the cores (default 2; 1 for tensorflow)',
  ),
  backend: Flag.Literals('backend', backends).pipe(
    Flag.withDescription(
      `tfjs backend; auto takes the fastest that is there and says why (default ${USUAL.backend})`,
    ),
    Flag.optional,
  ),
  data: text(
    'data',
    'folder with the four IDX files of MNIST (plain or .gz), or with the six .bin files of CIFAR-10 (default CIFAR10_DIR)',
  ),
  out: text('out', 'folder of the run (default runs/<time>-<preset>-seed<seed>)'),
  resume: text('resume', 'folder of a run to continue'),
  baseline: Flag.Boolean('baseline').pipe(
    Flag.withDescription('train the stem-only baseline too (default); --no-baseline leaves it out'),
    Flag.optional,
  ),
  checkpointEvery: Flag.Finite('checkpoint-every').pipe(
    Flag.withDescription(`seconds between two checkpoints (default ${USUAL.checkpointEvery})`),
    Flag.optional,
  ),
  snapshots: Flag.Int('snapshots').pipe(
    Flag.withDescription(
      `keep the parameters so many times along the training, for the certificates of ${asTyped('compare')} (default ${USUAL.snapshots})`,
    ),
    Flag.optional,
  ),
  debug: Flag.Boolean('debug').pipe(Flag.withDescription('print stack traces'), Flag.withDefault(false)),
}

const train = Command.make('train', flags, ({ debug, ...given }) =>
  guarded({ command: 'train', debug, leaves: 'folder' }, (signal) =>
    runTraining(plain<Given<TrainFlags>>(given), signal),
  ),
).pipe(
  Command.withDescription('Train an ODENet on MNIST or CIFAR-10, and its stem-only baseline'),
  Command.withExamples([
    { command: asTyped('train'), description: 'minutes on two cores' },
    { command: asTyped('train', '--preset', 'mnist', '--gradient', 'discrete') },
    { command: asTyped('train', '--resume', 'runs/mine'), description: 'go on with a run that was stopped' },
  ]),
)

const evaluate = Command.make(
  'eval',
  {
    run: Argument.String('run').pipe(Argument.withDescription('folder of a completed run')),
    data: text('data', 'folder of the images (default: as in training)'),
    backend: Flag.Literals('backend', backends).pipe(
      Flag.withDescription('tfjs backend (default: as in training)'),
      Flag.optional,
    ),
    snapshots: Flag.Boolean('snapshots').pipe(
      Flag.withDescription(`test what ${asTyped('train', '--snapshots')} kept along the training too`),
      Flag.withDefault(false),
    ),
    debug: flags.debug,
  },
  ({ run, data, backend, snapshots, debug }) =>
    guarded({ command: 'eval', debug, leaves: 'output' }, (signal) =>
      evaluateRun(run, Option.getOrUndefined(data), Option.getOrUndefined(backend), snapshots, signal),
    ),
).pipe(
  Command.withDescription('Test the finished nets of a run on the 10,000 test images'),
  Command.withExamples([{ command: asTyped('eval', 'runs/mine') }]),
)

const { rtol, atol, epochs, images, batch, dim, groups, lr, dropout, patience, earlyStop, average, holdOut } =
  flags
const ofTraining = {
  rtol,
  atol,
  epochs,
  images,
  batch,
  dim,
  groups,
  lr,
  dropout,
  patience,
  earlyStop,
  average,
  holdOut,
}

const compare = Command.make(
  'compare',
  {
    runs: Argument.String('run').pipe(
      Argument.withDescription(
        'folders of finished runs, which are copied; others are trained as the first one',
      ),
      Argument.variadic(),
    ),
    preset: flags.preset,
    ...ofTraining,
    seed: flags.seed,
    workers: flags.workers,
    backend: flags.backend,
    data: flags.data,
    members: Flag.String('members').pipe(
      Flag.withDescription(
        `nets to train where no run brings them: ${roles.join(',')} (default all); autodiff is RK4 with ten steps`,
      ),
      Flag.optional,
    ),
    studyImages: Flag.Int('study-images').pipe(
      Flag.withDescription(
        `test images for the studies of solvers and noise (default ${USUAL_COMPARISON.studyImages})`,
      ),
      Flag.optional,
    ),
    memorySteps: Flag.String('memory-steps').pipe(
      Flag.withDescription(
        `steps of RK4 through which the memory of gradients is measured (default ${USUAL_COMPARISON.memorySteps})`,
      ),
      Flag.optional,
    ),
    out: text('out', 'folder of the comparison (default runs/<time>-compare-<preset>-seed<seed>)'),
    resume: text('resume', 'folder of a comparison to continue'),
    checkpointEvery: flags.checkpointEvery,
    debug: flags.debug,
  },
  ({ debug, ...given }) =>
    guarded({ command: 'compare', debug, leaves: 'folder' }, async (signal) => {
      const { runComparison } = await withPackages(['ml-matrix'], () => import('./compare.ts'))
      return runComparison(plain<Given<CompareFlags>>(given), signal)
    }),
).pipe(
  Command.withDescription(
    'Compare gradients, a ResNet of equal width and the stem alone: trains what is missing, studies every net, and writes one report',
  ),
  Command.withExamples([
    { command: asTyped('compare', '--preset', 'quick'), description: 'train four nets and study them' },
    {
      command: asTyped('compare', 'runs/mine', '--members', 'stem'),
      description: 'take a finished run, and train only the stem beside it',
    },
  ]),
)

/** Options of the library where the command line has Option values. */
function plain<T>(given: Record<string, unknown>): T {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Option.isOption(value) ? Option.getOrUndefined(value) : value,
    ]),
  ) as T
}

const odenet = Command.make('odenet').pipe(
  Command.withDescription('Neural ODEs for images, trained with the adjoint method'),
  Command.withSubcommands([train, evaluate, compare]),
)

outliveReaders()
Command.run(odenet, { version: ownPackage().version }).pipe(
  Effect.catchTag('ShowHelp', ({ errors }) =>
    Effect.sync(() => {
      if (errors.length > 0) process.exitCode = MISUSED
    }),
  ),
  Effect.provide([
    NodeServices.layer,
    CliOutput.layerPresenter(presenter),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
  ]),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    // A command that ran has said how it ended, whatever signals came
    teardown: (exit, onExit) =>
      Runtime.defaultTeardown(exit, (code) => onExit(Number(process.exitCode ?? code))),
  }),
)
