/**
 * Are our gradients torchdiffeq's, for as many evaluations? Same problems, tolerances and loss; ours with norm 'blocks', in double precision on
 * flat arrays with hand-written products, in single precision on tensors. Where the numbers of evaluations differ, experiments say why, one change
 * at a time: our solve with torchdiffeq's error estimate, with its step control, with both; torchdiffeq's with solves that end on their last time, as
 * ours do, and without the gradient of the times in the norm.
 * Command: node bench/torchdiffeq.ts, after bash bench/peers/setupTorch.sh; writes bench/results/torchdiffeq.json, the tables of
 * docs/gradients.md and test/adjoint/torchdiffeq.json.
 */
import { chooseBackend } from '../src/bridge/index.ts'
import { TFJS_VERSION } from '../src/bridge/tensor.ts'
import {
  METHODS,
  ourGradient,
  relativeDifference,
  STEP,
  theirGradients,
  type GradientAnswer,
  type GradientCase,
  type MethodName,
  type OurChange,
  type TheirChange,
} from './lib/gradientComparison.ts'
import { GRADIENT_PROBLEMS, SEED, type GradientProblem } from './lib/gradientProblems.ts'
import { writeReference } from './lib/gradientReference.ts'
import {
  writeGradientTables,
  type Evaluations,
  type Experiments,
  type GradientRow,
} from './lib/gradientTables.ts'
import { machine, writeResult } from './lib/report.ts'
import { integral } from '../src/ivp/control/integral.ts'
import { THEIR_SHARE, torchdiffeqControl, withShare } from './lib/torchdiffeqControl.ts'

type Precision = GradientCase['precision']
/** Relative tolerances to compare at; the absolute one is the share of it. The tightest must agree. */
const TOLERANCES: Readonly<Record<Precision, readonly [ReadonlyArray<number>, share: number]>> = {
  f64: [[1e-3, 1e-6, 1e-9], 1e-3],
  f32: [[1e-3, 1e-5], 1e-2],
}
/** Most relative difference of a gradient at the tightest tolerance. */
const AGREEMENT: Readonly<Record<Precision, number>> = { f64: 1e-6, f32: 1e-3 }

/** At this tolerance nothing is promised. */
const LOOSE = 1e-3

interface Compared extends GradientCase {
  /** At the tightest tolerance the gradients must agree. */
  readonly mustAgree: boolean
}

/** With the ends alone gradients of h0 and theta, with several output times those of the times too. */
function casesOf(problem: GradientProblem): Compared[] {
  return (['f64', 'f32'] as const).flatMap((precision) => {
    if (precision === 'f64' && problem.rhs === null) return []
    const [tolerances, share] = TOLERANCES[precision]
    return (Object.keys(METHODS) as MethodName[]).flatMap((method) => {
      const chosen = tolerancesOf(problem, method, tolerances)
      return chosen.flatMap((rtol) =>
        [problem.ends, problem.several].map((ts) => ({
          problem,
          method,
          precision,
          rtol,
          atol: rtol * share,
          ts,
          withTimes: ts === problem.several,
          mustAgree: rtol === chosen.at(-1) && rtol < LOOSE,
        })),
      )
    })
  })
}

function tolerancesOf(
  { rhs }: GradientProblem,
  method: MethodName,
  all: ReadonlyArray<number>,
): ReadonlyArray<number> {
  if (method === 'rk4') return [0]
  // Rectifiers make its derivatives jump: a low order gains nothing from tight tolerances
  if (rhs === null && method === 'bosh3') return all.slice(0, 1)
  return method === 'bosh3' ? all.slice(1) : all
}

const evaluations = ({ nfevForward, nfevBackward }: GradientAnswer): Evaluations => [
  nfevForward,
  nfevBackward,
]

/** Without theirs of f at the output times, one each, for the gradient of the times: ours are not counted as products either. */
const products = (
  { nfevForward, nfevBackward }: GradientAnswer,
  { withTimes, ts }: GradientCase,
): Evaluations => [nfevForward, nfevBackward - (withTimes ? ts.length - 1 : 0)]

/** The largest relative difference of the gradients of h0, theta and, if there, the times. */
function gradientDifference(found: GradientAnswer, expected: GradientAnswer): number {
  const off = [
    relativeDifference([found.h0], [expected.h0]),
    relativeDifference([found.theta], [expected.theta]),
  ]
  if (expected.ts !== null && found.ts !== null) off.push(relativeDifference([found.ts], [expected.ts]))
  return Math.max(...off)
}

const backend = await chooseBackend('wasm')
const wanted = new Set(process.argv.slice(2))
const problems = GRADIENT_PROBLEMS.filter(({ name }) => wanted.size === 0 || wanted.has(name))
const cases = problems.flatMap(casesOf)
const adaptive = cases.filter(({ method }) => method !== 'rk4')
const ending = (request: GradientCase): GradientCase & TheirChange => ({ ...request, endsOnTimes: true })
const alike = (request: GradientCase): GradientCase & TheirChange => ({
  ...ending(request),
  timesInNorm: false,
})
/** What both are measured against, with all output times. */
const tight = problems.map((problem): GradientCase & TheirChange => {
  const [rtol, atol] = problem.rhs === null ? [1e-7, 1e-9] : [1e-11, 1e-13]
  const common = { problem, method: 'dopri5', precision: 'f64', rtol, atol } as const
  return ending({ ...common, ts: problem.several, withTimes: true })
})
const { versions, answers } = theirGradients([
  ...cases,
  ...adaptive.map(ending),
  ...adaptive.map(alike),
  ...tight,
])
const answersFrom = <T>(keys: ReadonlyArray<T>, start: number): Map<T, GradientAnswer> =>
  new Map(keys.map((key, i) => [key, answers[start + i]!]))
const answersEnding = answersFrom(adaptive, cases.length)
const answersAlike = answersFrom(adaptive, cases.length + adaptive.length)
const truths = answersFrom(problems, cases.length + 2 * adaptive.length)

/** What the numbers of evaluations become with one change, and with all. */
function experimentsOf(request: Compared): Experiments {
  const share = request.method === 'dopri5' ? THEIR_SHARE : 1
  const both = withShare(torchdiffeqControl, share)
  const ours = (change: OurChange): Evaluations => evaluations(ourGradient({ ...request, ...change }))
  return {
    ...(share !== 1 && { oursWithTheirEstimate: ours({ controller: withShare(integral, share) }) }),
    oursWithTheirControl: ours({ controller: torchdiffeqControl }),
    oursWithBoth: ours({ controller: both }),
    theirsEnding: evaluations(answersEnding.get(request)!),
    theirsEndingWithoutTimes: products(answersAlike.get(request)!, request),
    ...(request.problem.name === 'network' &&
      request.precision === 'f64' && { oursWithBothInOneBlock: ours({ controller: both, oneBlock: true }) }),
  }
}

const rows = cases.map((request, i): GradientRow => {
  const { problem, method, precision, rtol, atol, ts, withTimes, mustAgree } = request
  const ours = ourGradient(request)
  const theirs = answers[i]!
  const truth = truths.get(problem)!
  return {
    problem: problem.title,
    method: METHODS[method].title,
    precision,
    rtol,
    atol,
    outputs: ts.length - 1,
    attempt: METHODS[method].stages,
    evaluations: { ours: evaluations(ours), theirs: evaluations(theirs) },
    ...(method !== 'rk4' && { experiments: experimentsOf(request) }),
    differences: {
      solution: relativeDifference(ours.states, theirs.states),
      h0: relativeDifference([ours.h0], [theirs.h0]),
      theta: relativeDifference([ours.theta], [theirs.theta]),
      ...(withTimes && { ts: relativeDifference([ours.ts!], [theirs.ts!]) }),
      ...(method !== 'rk4' && { ending: gradientDifference(ours, answersEnding.get(request)!) }),
    },
    ...(withTimes && {
      errors: { ours: gradientDifference(ours, truth), theirs: gradientDifference(theirs, truth) },
    }),
    ...(mustAgree && { agreement: AGREEMENT[precision] }),
  }
})
for (const row of rows) console.log(JSON.stringify(row))
if (wanted.size === 0) {
  const command = 'node bench/torchdiffeq.ts'
  const about = {
    command,
    seed: SEED,
    ...machine(),
    tfjs: `${TFJS_VERSION} ${backend.name}`,
    peers: versions,
  }
  writeResult('torchdiffeq', { ...about, step: STEP, rows })
  writeGradientTables()
  writeReference(about)
}
