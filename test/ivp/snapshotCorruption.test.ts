import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, OdeSolver, resume, solveIvp } from '../../src/index.ts'
import type { FloatArray, IvpOptions, IvpResult, MethodName, Snapshot } from '../../src/index.ts'
import { corrupted, corruption } from './snapshotCorruption.ts'
import { FIXED, METHOD_NAMES } from './everyMethod.ts'

const IMPLICIT = new Set<MethodName>(['Radau', 'BDF', 'LSODA'])

/** Van der Pol's oscillator with a periodic force, and what follows it. */
const followed = (t: number, y: FloatArray): number[] => [
  y[1]!,
  3 * (1 - y[0]! ** 2) * y[1]! - y[0]! + 0.1 * Math.cos(t),
  y[1]! - 2 * y[2]!,
]
const pattern = [
  [0, 1, 0],
  [1, 1, 0],
  [0, 1, 1],
]
const crossing = { fn: (_: number, y: ArrayLike<number>): number => y[0]!, direction: 1, terminal: 5 }

type Again = Pick<IvpOptions<FloatArray>, 'events' | 'jacSparsity' | 'denseOutput' | 'maxSteps'>
type Variant = Again & Pick<IvpOptions<FloatArray>, 'tEval' | 'lband' | 'uband'>

interface Case {
  readonly again: Again
  readonly snapshot: Snapshot
  readonly elsewhere: Snapshot
  readonly rest: IvpResult<FloatArray>
}

/** Solves of a method with events, tEval and finite differences of every structure, in both precisions; a snapshot of each. */
function casesOf(method: MethodName): Case[] {
  const variants: Variant[] = [
    { events: [crossing, (t) => t - 3], tEval: [0.5, 2, 2.5, 4, 6] },
    { denseOutput: true },
    ...(IMPLICIT.has(method) ? [{ jacSparsity: pattern }, { lband: 1, uband: 1 }] : []),
  ]
  return variants.flatMap((variant) =>
    [Float64Array, Float32Array].map((type): Case => {
      const taken: Snapshot[] = []
      const { events, jacSparsity, denseOutput } = variant
      solveIvp<FloatArray>(followed, [0, 6], type.of(2, 0.3, -1), {
        ...variant,
        method,
        ...(FIXED.some((fixed) => fixed === method) ? { step: 0.05 } : { rtol: 1e-4 }),
        onStep: ({ snapshot }) => taken.push(JSON.parse(JSON.stringify(snapshot())) as Snapshot),
      })
      // The bound ends a solve whose step size was corrupted, too
      const again = { events, jacSparsity, denseOutput, maxSteps: 1000 }
      const snapshot = taken[12]!
      return { again, snapshot, elsewhere: taken[17]!, rest: resume(followed, snapshot, again) }
    }),
  )
}

function demandSame(a: IvpResult<FloatArray>, b: IvpResult<FloatArray>): void {
  const plain = ({
    t,
    states,
    tEvents,
    yEvents,
    status,
    nfev,
    njev,
    nlu,
    nsteps,
    nrejected,
    warnings,
  }: typeof a) => [t, states, tEvents, yEvents, status, nfev, njev, nlu, nsteps, nrejected, warnings] as const
  assert.deepEqual(plain(a), plain(b))
}

/** The error, or what came. */
function attempt<T>(work: () => T): T | IvpInputError {
  try {
    return work()
  } catch (error) {
    if (error instanceof IvpInputError) return error
    throw error
  }
}

describe('a corrupted snapshot', () => {
  it.each(METHOD_NAMES)(
    'of %s is refused by name, or goes on to the same bits where nothing was changed',
    (method) => {
      const cases = casesOf(method)
      let refused = 0
      fc.assert(
        fc.property(fc.nat(cases.length - 1), corruption, (which, how) => {
          const { again, snapshot, elsewhere, rest } = cases[which]!
          const bad = corrupted(snapshot, how, elsewhere) as Snapshot
          const came = attempt(() => resume<FloatArray>(followed, bad, again))
          const solver = attempt(() => OdeSolver.resume<FloatArray>(followed, bad, again))
          assert.equal(came instanceof IvpInputError, solver instanceof IvpInputError)
          if (!(came instanceof IvpInputError)) return demandSame(came, rest)
          refused++
          assert.equal(came.option, 'snapshot')
          assert.isBelow(came.message.length, 400)
        }),
        { seed: 20_046, numRuns: 400 },
      )
      assert.isAbove(refused, 300)
    },
  )
})
