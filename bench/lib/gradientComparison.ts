/** The same gradient here and in torchdiffeq. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { solveWithPullback, type DifferentiableRhs } from '../../src/adjoint/index.ts'
import { odeint, type SolveReport } from '../../src/bridge/index.ts'
import { tf, type Tensor, type Tensor1D } from '../../src/bridge/tensor.ts'
import { makeErk, type ErkMethod, type StepController } from '../../src/index.ts'
import { toParameters, type Parameters } from '../../src/model/parameters.ts'
import type { GradientProblem } from './gradientProblems.ts'
import { torchPython, TorchFailed } from './torchPython.ts'

/** One gradient to compute. The loss is half the mean square of all outputs after the first. */
export interface GradientCase {
  readonly problem: GradientProblem
  readonly method: MethodName
  readonly precision: 'f64' | 'f32'
  readonly rtol: number
  readonly atol: number
  readonly ts: ReadonlyArray<number>
  /** The gradient of the times too. */
  readonly withTimes: boolean
}

export interface GradientAnswer {
  readonly states: ReadonlyArray<ArrayLike<number>>
  readonly h0: ArrayLike<number>
  readonly theta: ArrayLike<number>
  readonly ts: ArrayLike<number> | null
  readonly nfevForward: number
  readonly nfevBackward: number
}

/** What an experiment changes on their side. */
export interface TheirChange {
  /** Solves end on their last time; otherwise they step past it and interpolate. */
  readonly endsOnTimes?: boolean
  /** False: the gradient of the times does not steer the backward steps. */
  readonly timesInNorm?: boolean
}

/** What an experiment changes on our side. */
export interface OurChange {
  readonly controller?: StepController
  /** All parameters as one block of the norm; on flat arrays only. */
  readonly oneBlock?: boolean
}

/** Step of the methods with equal steps: divides every output time. */
export const STEP: number = 1 / 32

/** The rule of 3/8, which torchdiffeq calls rk4. Hairer, Norsett, Wanner I, Sec. II.1, Table 1.2, right. */
const threeEighths: ErkMethod = makeErk({
  name: 'ThreeEighths',
  order: 4,
  c: [0, 1 / 3, 2 / 3, 1],
  a: [[], [1 / 3], [-1 / 3, 1], [1, -1, 1]],
  b: [1 / 8, 3 / 8, 3 / 8, 1 / 8],
  error: { kind: 'none' },
  dense: { kind: 'hermite' },
})

/** Methods that both sides have, by torchdiffeq's names. Its dopri8 is another tableau than DOP853 and is left out. */
export const METHODS: Readonly<Record<MethodName, Method>> = {
  dopri5: { method: 'RK45', title: 'RK45 (dopri5)', stages: 6 },
  bosh3: { method: 'RK23', title: 'RK23 (bosh3)', stages: 3 },
  rk4: { method: threeEighths, title: '3/8 rule (rk4)', stages: 4 },
}
export type MethodName = 'dopri5' | 'bosh3' | 'rk4'
interface Method {
  readonly method: 'RK45' | 'RK23' | ErkMethod
  readonly title: string
  /** Evaluations of one step attempt. */
  readonly stages: number
}

/** One process for all cases: it takes seconds to start. */
export function theirGradients(cases: ReadonlyArray<GradientCase & TheirChange>): {
  readonly versions: ReadonlyArray<string>
  readonly answers: ReadonlyArray<GradientAnswer>
} {
  const requests = cases.map(
    ({ problem, method, precision, rtol, atol, ts, withTimes, endsOnTimes, timesInNorm }) => {
      let at = 0
      const params = Object.entries(problem.spec).map(([name, { shape }]) => {
        const size = shape.reduce((product, length) => product * length, 1)
        return { name, shape, values: Array.from(problem.theta.subarray(at, (at += size))) }
      })
      const { name, shape, h0, groups } = problem
      return {
        problem: name,
        shape,
        h0,
        groups,
        params,
        method,
        precision,
        rtol,
        atol,
        ts,
        withTimes,
        step: method === 'rk4' ? STEP : 0,
        endsOnTimes: endsOnTimes ?? false,
        timesInNorm: timesInNorm ?? true,
      }
    },
  )
  const { status, stdout, stderr } = spawnSync(
    torchPython(),
    [fileURLToPath(new URL('../peers/torchdiffeqPeer.py', import.meta.url))],
    { input: JSON.stringify(requests), encoding: 'utf8', maxBuffer: 1 << 29 },
  )
  if (status !== 0) throw new TorchFailed(`torchdiffeqPeer.py failed:\n${stderr}`)
  return JSON.parse(stdout) as never
}

/** Double precision on flat arrays with hand-written products, single precision on tensors. */
export function ourGradient(request: GradientCase & OurChange): GradientAnswer {
  return request.precision === 'f64' ? onArrays(request) : onTensors(request)
}

function directionOf({ method, rtol, atol, controller }: GradientCase & OurChange): object {
  const step = method === 'rk4' ? { step: STEP } : { rtol, atol }
  return { method: METHODS[method].method, ...step, ...(controller === undefined ? {} : { controller }) }
}

function onArrays(request: GradientCase & OurChange): GradientAnswer {
  const { problem, ts, withTimes, oneBlock = false } = request
  const whole = problem.rhs!<Float64Array>()
  const rhs: DifferentiableRhs<Float64Array> = oneBlock ? { ...whole, paramSizes: undefined } : whole
  const { result, pullback } = solveWithPullback(rhs, ts, Float64Array.from(problem.h0), {
    ...directionOf(request),
    // torchdiffeq lets every state pass
    backward: { norm: 'blocks', times: withTimes, reconstruction: Infinity },
  })
  const count = (ts.length - 1) * problem.h0.length
  const incoming = result.states.map((h, j) => h.map((value) => (j === 0 ? 0 : value / count)))
  const gradients = pullback(incoming)
  if (gradients.failure !== undefined) throw new Error(`The solve failed: ${gradients.failure.kind}`)
  return {
    states: result.states,
    h0: gradients.h0,
    theta: gradients.theta,
    ts: withTimes ? gradients.ts : null,
    nfevForward: result.nfev,
    nfevBackward: gradients.nfev,
  }
}

function onTensors(request: GradientCase & OurChange): GradientAnswer {
  const { problem, ts, withTimes } = request
  if (request.oneBlock === true) throw new Error('Tensors are always blocks of their own.')
  tf.engine().startScope()
  try {
    const params: Parameters = toParameters(problem.spec, problem.theta)
    const names = Object.keys(params)
    const reports: SolveReport[] = []
    let states: Tensor | undefined
    const loss = (h0: Tensor, times: Tensor, ...leaves: Tensor[]): Tensor => {
      const solution = odeint(problem.tensorRhs, h0, withTimes ? (times as Tensor1D) : ts, {
        ...directionOf(request),
        params: Object.fromEntries(names.map((name, i) => [name, leaves[i]!])),
        backward: { norm: 'blocks', reconstruction: Infinity },
        onSolve: (report) => reports.push(report),
      }) as Tensor
      states = tf.keep(solution.clone())
      const outputs = solution.reshape([ts.length, -1])
      return outputs.slice([1]).square().mean().mul(0.5).add(times.sum().mul(0))
    }
    const start = tf.tensor(problem.h0 as number[], problem.shape as number[])
    const times = tf.tensor1d([...ts])
    const grads = tf.grads(loss as never)([start, times, ...Object.values(params)])
    const flat = states!.dataSync().slice()
    states!.dispose()
    const nfevOf = (phase: SolveReport['phase']): number =>
      reports.find((report) => report.phase === phase)!.nfev
    return {
      states: ts.map((_, j) => flat.subarray(j * problem.h0.length, (j + 1) * problem.h0.length)),
      h0: grads[0]!.dataSync(),
      theta: grads.slice(2).flatMap((grad) => Array.from(grad.dataSync())),
      ts: withTimes ? grads[1]!.dataSync() : null,
      nfevForward: nfevOf('forward'),
      nfevBackward: nfevOf('backward'),
    }
  } finally {
    tf.engine().endScope()
  }
}

/** Largest difference of the components, over the largest component. */
export function relativeDifference(
  found: ReadonlyArray<ArrayLike<number>>,
  expected: ReadonlyArray<ArrayLike<number>>,
): number {
  let off = 0
  let size = 0
  expected.forEach((row, j) => {
    for (let i = 0; i < row.length; i++) {
      const difference = Math.abs(found[j]![i]! - row[i]!)
      // NaN must win
      if (!(difference <= off)) off = difference
      size = Math.max(size, Math.abs(row[i]!))
    }
  })
  return off / size
}
