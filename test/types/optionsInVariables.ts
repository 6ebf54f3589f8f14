/** Options need not be written out in the call. */
import { solveIvp, type IvpOptions, type IvpResult, type MethodName } from '../../src/index.ts'
import { demand, holds, type Same } from './sameType.ts'

export function declared(): void {
  const o: IvpOptions = { rtol: 1e-6 }
  const { yEnd, sol, tEvents } = solveIvp((_t, y) => [-y[0]], [0, 1], [1], o)
  solveIvp((_t, y) => [-y[0]!], [0, 1], Float32Array.of(1), o)
  solveIvp((_t, y) => [-y[0]!], [0, 1], Float64Array.of(1), o)
  demand(yEnd[0] > 0 && sol === null && tEvents === null)
}

export function parameters(): void {
  const run = (o: IvpOptions): IvpResult<Float64Array> => solveIvp((_t, y) => [-y[0]], [0, 1], [1], o)
  const runOne = (o?: IvpOptions<Float32Array>): IvpResult<Float32Array> =>
    solveIvp((_t, y) => [-y[0]!], [0, 1], Float32Array.of(1), o)
  const { sol, tEvents } = run({ denseOutput: true, events: (_t, y) => y[0]! - 0.5 })
  demand(sol !== null && sol(0)[0] === 1 && tEvents !== null && tEvents[0]?.length === 1)
  demand(runOne().success && runOne({ rtol: 1e-3 }).success)
}

/** Whose flag is known at run time only: the right-hand side may have either form. */
export function inPlaceOrNot(): void {
  const o: IvpOptions = { inPlace: true, rtol: 1e-6 }
  solveIvp(
    (_t, y, dydt) => {
      dydt[0] = -y[0]
    },
    [0, 1],
    [1],
    o,
  )
  const wide = { inPlace: true, rtol: 1e-6 }
  const f = (_t: number, y: Float64Array, dydt: Float64Array): void => {
    dydt[0] = -y[0]!
  }
  solveIvp(f, [0, 1], [1], wide)
  solveIvp(f, [0, 1], [1], { ...o, maxSteps: 5 })
}

export function methodNames(): void {
  for (const method of ['RK45', 'BDF'] as const) {
    demand(solveIvp((_t, y) => [-y[0]], [0, 1], [1], { method }).success)
  }
  const names: MethodName[] = ['RK45', 'RK4', 'Euler', 'LSODA']
  for (const method of names) {
    const step = method === 'RK4' || method === 'Euler' ? { step: 0.1 } : {}
    const { yEnd } = solveIvp((_t, y) => [-y[0]], [0, 1], [1], { method, ...step })
    demand(yEnd[0] > 0)
  }
  const table = [{ method: 'RK4', step: 0.1 }, { method: 'RK45' }] as const
  for (const options of table) demand(solveIvp((_t, y) => [-y[0]], [0, 1], [1], options).success)
  const list: IvpOptions[] = [{ method: 'RK4', step: 0.1 }, { method: 'RK45' }]
  for (const options of list) demand(solveIvp((_t, y) => [-y[0]], [0, 1], [1], options).success)
}

export function inferred(): void {
  const o = { rtol: 1e-6, method: 'BDF', denseOutput: true } as const
  const { sol } = solveIvp((_t, y) => [-y[0]], [0, 1], [1], o)
  demand(sol(0)[0] === 1)
  const common: IvpOptions = { rtol: 1e-6 }
  const more = solveIvp((_t, y) => [-y[0]], [0, 1], [1], { ...common, denseOutput: true })
  demand(more.sol(0)[0] === 1)
}

/** With arguments the declaration says of which types they are. */
export function withArgs(): void {
  const o: IvpOptions<Float64Array, [rate: number, name: string]> = { args: [2, 'k'] }
  solveIvp((_t, y, rate, name) => [-rate * y[0] * name.length], [0, 1], [1], o)
  const f = (_t: number, y: Float64Array, rate: number, name: string): number[] => [
    -rate * y[0]! * name.length,
  ]
  solveIvp(f, [0, 1], [1], o)
  const inPlace: IvpOptions<Float64Array, [rate: number], true> = { args: [2], inPlace: true }
  solveIvp(
    (_t, y, dydt, rate) => {
      dydt[0] = -rate * y[0]
    },
    [0, 1],
    [1],
    inPlace,
  )
}

export function undefinedOptions(): void {
  const { yEnd } = solveIvp((_t, y) => [-y[0]], [0, 1], [1], {
    rtol: undefined,
    events: undefined,
    inPlace: undefined,
  })
  holds<Same<(typeof yEnd)[0], number>>()
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], undefined)
}
