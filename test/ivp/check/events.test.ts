import { assert, describe, expect, it, vi } from 'vitest'
import { resume, solveIvp } from '../../../src/index.ts'
import { StepwiseSolve } from '../../../src/ivp/stepwiseSolve.ts'
import { refusal } from '../refusal.ts'

type Event = (t: number, y: Float64Array) => unknown

const RETURNS: ReadonlyArray<readonly [what: string, event: Event, received: string]> = [
  ['a boolean', (_, y) => y[0]! > 1, 'false'],
  ['nothing', () => {}, 'undefined'],
  ['null', () => null, 'null'],
  ['an array', (_, y) => [y[0]! - 1], 'Array(1) [-1]'],
  ['the state', (_, y) => y, 'Float64Array(1) [0]'],
  ['a promise', async (_, y) => y[0]! - 1, 'an object of type Promise'],
  ['a BigInt', () => 1n, '1n, a BigInt'],
  ['a string', (_, y) => String(y[0]), "'0'"],
  ['a Number object', () => Object(1), 'an object of type Number'],
]

describe('what an event returns', () => {
  it.each(RETURNS)('%s is refused by name, before fun is called', (_, event, received) => {
    const fun = vi.fn(() => [1])
    const good = (_t: number, y: Float64Array): number => y[0]! - 0.5
    const error = refusal(() => solveIvp(fun, [0, 1], [0], { events: [good, event as never] }))
    assert.equal(error.option, 'events[1]')
    assert.equal(error.received, received)
    assert.match(error.message, /must return a number whose sign changes.*y\[0\] - 1/)
    expect(fun).not.toHaveBeenCalled()
  })

  it('is looked at in every later call, at a root, with args, after resume and step by step', () => {
    const late = (t: number, y: Float64Array): unknown => (t < 0.5 ? y[0]! - 2 : undefined)
    const f = (): number[] => [1]
    const within = { maxStep: 0.1 }
    assert.equal(
      refusal(() => solveIvp(f, [0, 1], [0], { ...within, events: late as never })).option,
      'events[0]',
    )
    // Good at the ends of the step, not between
    const between = (t: number, y: Float64Array): unknown => (t === 0 || t === 1 ? y[0]! - 0.3 : '')
    assert.equal(
      refusal(() => solveIvp(f, [0, 1], [0], { firstStep: 1, events: { fn: between as never } })).received,
      "''",
    )
    const withArgs = (_t: number, _y: Float64Array, a: unknown): unknown => a
    assert.equal(
      refusal(() =>
        solveIvp((_t, _y, _a: boolean) => [1], [0, 1], [0], { args: [true], events: withArgs as never }),
      ).received,
      'true',
    )
    const { snapshot } = solveIvp(f, [0, 1], [0], { ...within, maxSteps: 2, events: late as never }).failure!
    assert.equal(refusal(() => resume(f, snapshot!, { events: late as never })).option, 'events[0]')
    const stepwise = new StepwiseSolve<Float64Array>(
      (_t, _y, dydt) => void (dydt[0] = 1),
      [0, 1],
      Float64Array.of(0),
      { ...within, inPlace: true, events: late as never },
    )
    const error = refusal(() => {
      while (stepwise.isRunning) stepwise.step()
    })
    stepwise.release()
    assert.equal(error.option, 'events[0]')
  })

  it('may be NaN, which is no sign', () => {
    const { tEvents, success } = solveIvp(() => [1], [0, 1], [0], {
      events: (t: number, y: Float64Array) => (t < 0.2 ? NaN : y[0]! - 0.7),
      maxStep: 0.1,
    })
    assert.isTrue(success)
    assert.equal(tEvents![0]!.length, 1)
  })
})

describe('the keys of an event', () => {
  const fn: Event = (_, y) => y[0]! - 0.5
  const options = (events: unknown): { events: never } => ({ events }) as { events: never }

  it.each([
    ['isTerminal', 'terminal'],
    ['Terminal', 'terminal'],
    ['terminate', 'terminal'],
    ['is_terminal', 'terminal'],
    ['dirction', 'direction'],
    ['func', 'fn'],
  ])('%s is refused on an object, and %s is proposed', (key, nearest) => {
    const error = refusal(() => solveIvp(() => [1], [0, 1], [0], options([fn, { fn, [key]: true }])))
    assert.equal(error.option, `events[1].${key}`)
    assert.include(error.message, `write \`${nearest}\``)
  })

  it('that are like none of ours are refused with the known ones', () => {
    const error = refusal(() => solveIvp(() => [1], [0, 1], [0], options({ fn, colour: 'red' })))
    assert.match(
      error.message,
      /`events\[0\]\.colour` is not a key of an event \(known: fn, terminal, direction\)/,
    )
  })

  it.each(['isTerminal', 'terminate', 'Direction'])('%s is refused on a function too', (key) => {
    const event = Object.assign((_t: number, y: Float64Array) => y[0]!, { [key]: true })
    assert.equal(refusal(() => solveIvp(() => [1], [0, 1], [0], options(event))).option, `events[0].${key}`)
  })

  it('of a function may be anything else: mocks and descriptions are events', () => {
    const mock = vi.fn((_t: number, y: Float64Array) => y[0]! - 0.5)
    const described = Object.assign((_t: number, y: Float64Array) => y[0]! - 0.5, {
      description: 'half way',
      fn: 5,
      terminal: true,
    })
    const { tEvents, status } = solveIvp(() => [1], [0, 1], [0], { events: [mock, described] })
    assert.equal(status, 1)
    assert.closeTo(tEvents![1]![0]!, 0.5, 1e-12)
    expect(mock).toHaveBeenCalled()
  })

  it('are checked in every event, also where the array has holes', () => {
    // oxlint-disable-next-line no-sparse-arrays
    assert.equal(refusal(() => solveIvp(() => [1], [0, 1], [0], options([fn, , fn]))).option, 'events[1]')
    for (const [bad, option] of [
      [{ fn, terminal: 1.5 }, 'events[0].terminal'],
      [{ fn, terminal: -1 }, 'events[0].terminal'],
      [{ fn, terminal: 'yes' }, 'events[0].terminal'],
      [{ fn, direction: 'up' }, 'events[0].direction'],
      [{ fn, direction: NaN }, 'events[0].direction'],
      [{ fn: 'y' }, 'events[0]'],
      [5, 'events[0]'],
      [null, null],
    ] as const) {
      if (option === null) assert.isNull(solveIvp(() => [1], [0, 1], [0], options(bad)).tEvents)
      else assert.equal(refusal(() => solveIvp(() => [1], [0, 1], [0], options(bad))).option, option)
    }
  })
})
