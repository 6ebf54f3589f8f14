/** What the options ask for is there in the type of the result. */
import {
  solveIvp,
  type IvpFailure,
  type IvpOptions,
  type IvpResult,
  type OdeSolution,
} from '../../src/index.ts'
import { demand, holds, type Same } from './sameType.ts'

const decay = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]
const half = (_t: number, y: ArrayLike<number>): number => y[0]! - 0.5

export function solOfDenseOutput(): void {
  const { sol } = solveIvp((_t, y) => [y[1], -y[0]], [0, 1], [1, 0], { denseOutput: true })
  const one: number = sol(0.5)[0] + sol(0.5)[1]
  const rows = sol([0, 0.5])
  holds<Same<typeof rows, [Float64Array, Float64Array]>>()
  demand(Number.isFinite(one) && rows[1].length === 2)
  const list = solveIvp((_t, y) => y, [0, 1], Float64Array.of(1), { denseOutput: true }).sol([0, 1])
  holds<Same<typeof list, Float64Array[]>>()
}

export function noSol(): void {
  const { sol } = solveIvp(decay, [0, 1], [1], { denseOutput: false })
  holds<Same<typeof sol, null>>()
  demand(sol === null)
}

/** Known at run time only. */
export function maybeSol(): void {
  const isDense: boolean = decay.length > 1
  const first = solveIvp(decay, [0, 1], [1], { denseOutput: isDense }).sol
  const second = solveIvp(decay, [0, 1], [1], {
    rtol: 1e-3,
    ...(isDense ? { denseOutput: true as const } : {}),
  }).sol
  const third = solveIvp(decay, [0, 1], [1]).sol
  for (const sol of [first, second, third]) {
    const some: OdeSolution | null = sol
    demand(sol === null || sol.tMin === 0)
    demand(some === sol)
  }
  holds<Same<null extends typeof first ? true : false, true>>()
  holds<Same<null extends typeof second ? true : false, true>>()
  holds<Same<null extends typeof third ? true : false, true>>()
}

export function oneEvent(): void {
  const { tEvents, yEvents } = solveIvp(decay, [0, 1], [1], { events: (_t, y) => y[0] - 0.5 })
  holds<Same<typeof tEvents, readonly [Float64Array]>>()
  const times: Float64Array = tEvents[0]
  const there = yEvents[0].at(-1)?.[0]
  demand(times.length === 1 && Math.abs(there! - 0.5) < 1e-9)
  demand(solveIvp(decay, [0, 1], [1], { events: { fn: half, terminal: true } }).tEvents[0].length === 1)
  const hung = Object.assign((_t: number, y: ArrayLike<number>) => y[0]! - 0.5, { terminal: true })
  demand(solveIvp(decay, [0, 1], [1], { events: hung }).tEvents[0].length === 1)
}

export function manyEvents(): void {
  const { tEvents, yEvents } = solveIvp(decay, [0, 1], [1], {
    denseOutput: true,
    events: [(_t, y) => y[0] - 0.5, { fn: (t, _y) => t - 0.25, direction: 1 }, half],
  })
  const count: number = tEvents[0].length + tEvents[1].length + tEvents[2].length
  demand(count === 3 && yEvents[2].length === 1)
  const one = solveIvp(decay, [0, 1], [1], { events: [(_t, y) => y[0] - 0.5] }).tEvents
  demand(one[0].length === 1)
}

/** Not counted by the compiler. */
export function someEvents(): void {
  const list = [half, half]
  const { tEvents } = solveIvp(decay, [0, 1], [1], { events: list })
  holds<Same<typeof tEvents, readonly Float64Array[]>>()
  const none = solveIvp(decay, [0, 1], [1], { events: [] }).tEvents
  holds<Same<typeof none, readonly Float64Array[]>>()
  const absent = solveIvp(decay, [0, 1], [1], { events: undefined }).tEvents
  holds<Same<typeof absent, null>>()
  const { tEvents: times } = solveIvp(decay, [0, 1], [1], list.length > 1 ? { events: half } : {})
  const spread = { rtol: 1e-3, ...(list.length > 1 ? { events: half } : {}) }
  const { tEvents: others } = solveIvp(decay, [0, 1], [1], spread)
  holds<Same<null extends typeof others ? true : false, true>>()
  holds<Same<null extends typeof times ? true : false, true>>()
  demand(tEvents.length === 2 && none.length === 0 && absent === null && times?.[0]?.length === 1)
  demand(others?.[0]?.length === 1)
}

export function failureBySuccess(): void {
  const result = solveIvp((_t, y) => [y[0] ** 2], [0, 2], [1])
  if (result.success) throw new Error('there is a singularity at 1')
  const { kind, advice }: IvpFailure = result.failure
  holds<Same<typeof result.status, -1>>()
  const { success, failure } = solveIvp(decay, [0, 1], [1])
  if (!success) throw new Error(failure.advice)
  holds<Same<typeof failure, undefined>>()
  const { status } = solveIvp(decay, [0, 1], [1])
  holds<Same<typeof status, 0 | 1 | -1>>()
  demand(kind === 'stepTooSmall' && advice !== '' && status === 0)
}

/** Any result is an `IvpResult`; a result on float64 is one of float64. */
export function anyResult(): void {
  const results = [
    solveIvp(decay, [0, 1], [1]),
    solveIvp(decay, [0, 1], [1], { denseOutput: true }),
    solveIvp(decay, [0, 1], [1], { events: half }),
    solveIvp(decay, [0, 1], [1], { events: [half, half], denseOutput: true }),
    solveIvp(decay, [0, 1], Float64Array.of(1), { method: 'BDF' }),
  ] as const
  const doubles: ReadonlyArray<IvpResult<Float64Array>> = results
  const all: ReadonlyArray<IvpResult> = [...doubles, solveIvp(decay, [0, 1], Float32Array.of(1))]
  for (const { failure, sol, tEvents, y } of all) {
    demand(failure === undefined && sol?.(0)[0] !== 0 && tEvents?.length !== 0 && y.length === 1)
  }
}

/** Options of a type that says nothing leave everything open. */
export function unknownOptions(): void {
  const options = JSON.parse('{ "denseOutput": true }')
  const { sol, tEvents } = solveIvp(decay, [0, 1], [1], options)
  const some: OdeSolution | null = sol
  demand(some !== null && tEvents === null)
  const wide: IvpOptions & { readonly denseOutput: true } = { denseOutput: true }
  demand(solveIvp(decay, [0, 1], [1], wide).sol(0)[0] === 1)
}
