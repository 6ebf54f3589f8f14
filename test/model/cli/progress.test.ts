import fc from 'fast-check'
import { assert, describe, it, vi } from 'vitest'
import { Progress } from '../../../src/model/cli/progress.ts'
import { progressLine } from '../../../src/model/cli/progressLine.ts'
import type { StepRecord } from '../../../src/model/metrics.ts'
import { stepRecord } from '../../plot/trainingRun.ts'
import { ReflowingTerminal } from './reflowingTerminal.ts'

const FIELDS = [
  { text: '3:21 left', rank: 5 },
  { text: 'loss 0.123', rank: 4 },
  { text: 'accuracy 96.12 %', rank: 3 },
  { text: '120 images/s', rank: 2 },
  { text: '14 + 20 evaluations', rank: 1 },
]

describe('the line of a training', () => {
  it('is never wider than the terminal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (columns, share) => {
        const line = progressLine('ODENet, adjoint RK45', share, FIELDS, columns)
        // A share alone takes up to six columns
        return line.length <= Math.max(columns, 6)
      }), // prettier-ignore
      { seed: 1 },
    )
  })

  it('shows everything where there is room, and drops what matters least', () => {
    const at = (columns: number): string => progressLine('ODENet', 0.61, FIELDS, columns)
    const bar = '████████████░░░░░░░░'
    assert.equal(
      at(120),
      `ODENet ${bar} 61 % | 3:21 left | loss 0.123 | accuracy 96.12 % | 120 images/s | 14 + 20 evaluations`,
    )
    assert.equal(at(80), `ODENet ${bar} 61 % | 3:21 left | loss 0.123 | accuracy 96.12 %`)
    assert.equal(at(60), 'ODENet 61 % | 3:21 left | loss 0.123 | accuracy 96.12 %')
    assert.equal(at(40), 'ODENet 61 % | 3:21 left | loss 0.123')
    assert.equal(at(14), 'ODENet 61 %')
    assert.equal(at(9), 'ODE… 61 %')
  })
})

describe('the display of a training', () => {
  const record = (fields: Partial<StepRecord>): StepRecord => stepRecord(fields) as StepRecord
  const start = (terminal: ReflowingTerminal): Progress => new Progress('ODENet', 100, 0, terminal as never)

  it('leaves no debris when the terminal is resized', () => {
    for (const isTold of [true, false]) {
      const terminal = new ReflowingTerminal(120)
      terminal.write('before\n')
      const progress = start(terminal)
      for (const [step, columns] of [[10, 60], [20, 33], [30, 11], [40, 119], [50, 20], [60, 100]] as const) {
        progress.step(record({ step, images: 32 * step, nfeForward: 14, nfeBackward: 20 }))
        terminal.resize(columns, isTold)
      } // prettier-ignore
      progress.note('epoch 1: 96.12 % of 10000 test images')
      progress.stop()
      const [before, note, line, ...rest] = terminal.rows()
      assert.deepEqual([before, note], ['before', 'ODENet: epoch 1: 96.12 % of 10000 test images'])
      assert.match(line!, /^ODENet █+░+ \d+ % \| \d+:\d\d left/)
      assert.deepEqual(rest, [''])
    }
  })

  it('says at its end how the last step was, not an earlier one', () => {
    const terminal = new ReflowingTerminal(120)
    const progress = start(terminal)
    for (let step = 1; step <= 100; step++)
      progress.step(record({ step, images: 32 * step, loss: 1, accuracy: 0.98048, imagesPerSecond: 64 }))
    progress.stop()
    const bar = '█'.repeat(20)
    assert.equal(
      terminal.rows()[0],
      `ODENet ${bar} 100 % | 0:00 left | loss 1.000 | accuracy 98.05 % | 64 images/s | 14 + 20 evaluations`,
    )
    assert.equal(terminal.listenerCount('resize'), 0)
  })

  it('says that it tests, until the test is done', () => {
    const terminal = new ReflowingTerminal(120)
    const progress = start(terminal)
    progress.step(record({ step: 100, images: 3200 }))
    progress.testing(10_000)
    assert.include(
      terminal.rows()[0],
      'ODENet ████████████████████ 100 % | testing on 10000 images | 0:00 left',
    )
    progress.note('epoch 1: 96.12 % of 10000 test images')
    progress.stop()
    assert.notInclude(terminal.rows().join('\n'), 'testing')
  })

  it('names the net in every line where there is no terminal', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    vi.useFakeTimers({ toFake: ['performance'] })
    const progress = new Progress('stem only', 100, 0, null)
    vi.advanceTimersByTime(11_000)
    progress.step(
      record({ net: 'stem', step: 50, images: 1600, nfeForward: 0, nfeBackward: 0, imagesPerSecond: 64 }),
    )
    progress.note('epoch 1: 50.00 % of 20 test images')
    progress.stop()
    vi.useRealTimers()
    const lines = said.mock.calls.map(([line]) => String(line))
    said.mockRestore()
    assert.deepEqual(lines, [
      'stem only 50 % | 0:25 left | loss 2.300 | accuracy 10.00 % | 64 images/s',
      'stem only: epoch 1: 50.00 % of 20 test images',
    ]) // prettier-ignore
  })
})
