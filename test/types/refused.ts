/** Calls that must not compile; none of them is run. */
import { RK45, resume, solveIvp, type IvpOptions, type Snapshot } from '../../src/index.ts'

export function options(): void {
  // @ts-expect-error: there is no such option
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { rtoll: 1e-6 })
  // @ts-expect-error: a number
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { rtol: '1e-6' })
  // @ts-expect-error: a name of a method
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { method: 'RK54' })
  // @ts-expect-error: there is no such key of an event
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { events: { fn: (_t, y) => y[0], terminl: true } })
  // @ts-expect-error: there is no such key of an event
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { events: [{ fn: (_t, y) => y[0], terminl: true }] })
  // @ts-expect-error: events return a number whose sign changes
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { events: (_t, y) => y[0] > 1 })
  // @ts-expect-error: a matrix
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { jac: (_t, y) => [y[0]] })
  // @ts-expect-error: there is no such option
  const declared: IvpOptions = { denseoutput: true }
  // @ts-expect-error: a solver object is stepped by hand
  const solver = new RK45((_t, y) => [-y[0]], 0, [1], 1, { denseOutput: true })
  console.log(declared, solver)
}

export function rightHandSides(): void {
  // @ts-expect-error: numbers
  solveIvp((_t, y) => [`${y[0]}`], [0, 1], [1])
  // @ts-expect-error: nothing is returned, and `inPlace` is missing
  solveIvp((_t, y) => void y[0], [0, 1], [1])
  // @ts-expect-error: in place nothing is returned
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], { inPlace: true })
  // @ts-expect-error: `args` are missing
  solveIvp((_t: number, y: Float64Array, rate: number) => [-rate * y[0]!], [0, 1], [1])
  // @ts-expect-error: an argument of another type
  solveIvp((_t, y, rate: string) => [-y[0] * rate.length], [0, 1], [1], { args: [1] })
  // @ts-expect-error: there is one component
  solveIvp((_t, y) => [y[1]], [0, 1], [1])
  // @ts-expect-error: y is no array, but a typed one
  solveIvp((_t, y) => y.concat([1]), [0, 1], [1])
  // @ts-expect-error: y is a Float64Array
  solveIvp((_t, y: Float32Array) => y, [0, 1], [1])
}

export function problems(): void {
  // @ts-expect-error: two times
  solveIvp((_t, y) => y, [0], [1])
  // @ts-expect-error: a list, also of one component
  solveIvp((_t, y) => y, [0, 1], 1)
  // @ts-expect-error: numbers
  solveIvp((_t, y) => y, [0, 1], ['1'])
}

export function results(snapshot: Snapshot): void {
  const result = solveIvp((_t, y) => [-y[0]], [0, 1], [1])
  // @ts-expect-error: perhaps there is none
  result.sol(1)
  // @ts-expect-error: perhaps there are none
  result.tEvents.at(0)
  // @ts-expect-error: perhaps it did not fail
  result.failure.kind.at(0)
  if (result.success) {
    // @ts-expect-error: it did not
    result.failure.kind.at(0)
  }
  const maybe = { denseOutput: true }
  // @ts-expect-error: true at run time only
  solveIvp((_t, y) => [-y[0]], [0, 1], [1], maybe).sol(1)
  // @ts-expect-error: perhaps there is none
  resume((_t, y) => [-y[0]!], snapshot).sol(1)
  // @ts-expect-error: the snapshot holds it
  resume((_t, y) => [-y[0]!], snapshot, { rtol: 1e-3 })
}
