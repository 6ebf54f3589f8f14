import { DOMParser } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { toSvg } from '../../src/plot/render.ts'
import { accuracyCurve, evaluationsCurve, lossCurve } from '../../src/plot/training.ts'
import type { TrainingRecord } from '../../src/plot/trainingRecord.ts'
import { evalRecord, stepRecord, trainingRun } from './trainingRun.ts'

const BLUE = '#2b7bd6'
const ORANGE = '#c8620a'

type Curve = typeof lossCurve

interface Drawn {
  readonly svg: string
  readonly texts: readonly string[]
  /** Points of each line of a colour: first the faint one, then the strong one. */
  readonly lines: (color: string) => readonly number[]
  readonly dots: (color: string) => number
  readonly labelHeight: (label: string) => number
}

function draw(curve: Curve, records: readonly TrainingRecord[], size = {}): Drawn {
  const svg = toSvg(curve(records, size))
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement
  const all = (selector: string): Element[] => [...root.querySelectorAll(selector)] as unknown as Element[]
  const textOf = (e: Element): string => {
    const spans = [...e.querySelectorAll('tspan')]
    return spans.length > 0 ? spans.map((s) => s.textContent).join(' ') : e.textContent
  }
  const heightOf = (e: Element): number => Number(/,([-\d.]+)\)/.exec(e.getAttribute('transform') ?? '')?.[1])
  return {
    svg,
    texts: all('text').map(textOf),
    lines: (color) =>
      all(`g[stroke="${color}"][fill="none"] path`).map(
        (path) => (path.getAttribute('d') ?? '').match(/[\d.]+,[\d.]+/g)?.length ?? 0,
      ),
    dots: (color) => all(`g[fill="${color}"] circle`).length,
    labelHeight: (label) => {
      const found = all('text').find((e) => textOf(e).startsWith(label))
      return found ? heightOf(found) : Number.NaN
    },
  }
}

const CURVES: readonly (readonly [string, Curve])[] = [
  ['lossCurve', lossCurve],
  ['accuracyCurve', accuracyCurve],
  ['evaluationsCurve', evaluationsCurve],
]

describe.each(CURVES)('%s', (_, curve) => {
  it('says that there are no records', () => {
    const { texts, dots } = draw(curve, [])
    expect(texts).toContain('nothing recorded yet')
    expect(dots(BLUE) + dots(ORANGE)).toBe(0)
  })

  it('takes records without a single finite number', () => {
    const none = { loss: Number.NaN, accuracy: Number.NaN, nfeForward: Number.NaN, nfeBackward: Infinity }
    const { texts, svg } = draw(curve, [stepRecord(none), evalRecord(none), stepRecord({ ...none, step: 2 })])
    expect(texts).toContain('nothing recorded yet')
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  it('leaves gaps out and never draws NaN', () => {
    const records = trainingRun(50).map((r, i) =>
      i % 4 === 0 ? { ...r, loss: Number.NaN, accuracy: Number.NaN, nfeForward: Number.NaN } : r,
    )
    const { svg, lines } = draw(curve, records)
    expect(svg).not.toMatch(/NaN|Infinity/)
    expect(lines(BLUE).length).toBeGreaterThan(0)
  })

  it('draws a single step', () => {
    const { svg, dots } = draw(curve, [stepRecord()])
    expect(svg).not.toMatch(/NaN|Infinity/)
    expect(dots(BLUE)).toBe(1)
  })

  it('has the size that was asked for, and stays small for a long run', () => {
    const { svg, texts } = draw(curve, trainingRun(20_000), { width: 440, height: 300 })
    expect(svg).toContain('viewBox="0 0 440 300"')
    expect(svg.length).toBeLessThan(100_000)
    expect(texts).toContain('600k')
  })

  it('keeps labels apart and inside the picture', () => {
    const records = (['odenet', 'stem'] as const).flatMap((net) => [
      stepRecord({ net, loss: 0.001, accuracy: 1, nfeForward: 20, nfeBackward: 20 }),
      evalRecord({ net, loss: 0.001, accuracy: 1 }),
    ])
    const { labelHeight, texts } = draw(curve, records, { width: 440, height: 300 })
    const [first, second] = texts.some((t) => t.startsWith('ODENet'))
      ? ['ODENet', 'stem only']
      : ['forward', 'backward']
    expect(Math.abs(labelHeight(first!) - labelHeight(second!))).toBeGreaterThanOrEqual(16)
    for (const label of [first!, second!]) {
      expect(labelHeight(label)).toBeGreaterThanOrEqual(46)
      expect(labelHeight(label)).toBeLessThanOrEqual(260)
    }
  })
})

describe('lossCurve', () => {
  it('draws each batch faint, their mean, and a dot for each test, per net', () => {
    const { lines, dots, texts } = draw(lossCurve, trainingRun(50))
    for (const color of [BLUE, ORANGE]) {
      expect(lines(color)).toEqual([50, 50])
      expect(dots(color)).toBe(5)
    }
    expect(texts).toContain('ODENet 0.3898')
    expect(texts).toContain('stem only 0.5898')
  })

  it('does not set the mean of the batches beside the dot of the last test', () => {
    const steps = Array.from({ length: 50 }, (_, i) =>
      stepRecord({ step: i + 1, images: 32 * (i + 1), loss: 0.13 }),
    )
    const { texts } = draw(lossCurve, [...steps, evalRecord({ images: 1600, loss: 0.08361 })])
    expect(texts).toContain('ODENet 0.0836')
    expect(texts.some((t) => t.includes('0.13'))).toBe(false)
    expect(texts).toContain('Faint: each batch. Line: their mean. Dots and numbers: test images.')
    // Without a test it is all that there is, and no dots are spoken of
    const untested = draw(lossCurve, steps).texts
    expect(untested).toContain('ODENet 0.1300')
    expect(untested).toContain('Faint: each batch. Line: their mean.')
  })

  it('counts the losses that have no place on a logarithmic axis', () => {
    const losses = [2, 1, Number.NaN, Infinity, 0, -1].map((loss, i) => stepRecord({ loss, images: 32 * i }))
    const { texts, lines } = draw(lossCurve, losses)
    expect(texts.find((t) => t.includes('not drawn'))).toMatch(/^4 of 6 /)
    expect(lines(BLUE)).toEqual([2, 2])
    expect(draw(lossCurve, trainingRun(5)).texts.some((t) => t.includes('not drawn'))).toBe(false)
  })

  it('labels the end with a mean over batches, not with the last batch', () => {
    const records = Array.from({ length: 101 }, (_, i) =>
      stepRecord({ step: i, images: 32 * i, loss: i === 100 ? 4 : 1 }),
    )
    // The window reaches three points back: (1 + 1 + 1 + 4) / 4.
    expect(draw(lossCurve, records).texts).toContain('ODENet 1.7500')
  })

  it('orders records by images, whatever the order they come in', () => {
    const run = trainingRun(50)
    expect(draw(lossCurve, run.toReversed()).svg).toBe(draw(lossCurve, run).svg)
  })
})

describe('accuracyCurve', () => {
  it('shows an accuracy as every other place does, with two decimals', () => {
    const { texts } = draw(accuracyCurve, [evalRecord({ accuracy: 0.9805 })])
    expect(texts).toContain('ODENet 98.05 %')
  })

  it('labels both nets with their last test', () => {
    const { texts, lines, dots } = draw(accuracyCurve, [
      ...trainingRun(50),
      evalRecord({ images: 1700, accuracy: 0.9661 }),
      evalRecord({ images: 1700, accuracy: 0.928, net: 'stem' }),
    ])
    expect(texts).toContain('ODENet 96.61 %')
    expect(texts).toContain('stem only 92.80 %')
    expect(dots(BLUE)).toBe(6)
    expect(lines(BLUE)).toEqual([50, 6])
  })

  it('draws a net that was tested once as a dot and a dashed line', () => {
    const { svg, dots, texts } = draw(accuracyCurve, [evalRecord({ accuracy: 0.5, net: 'stem' })])
    expect(dots(ORANGE)).toBe(1)
    expect(dots(BLUE)).toBe(0)
    expect(svg).toContain('stroke-dasharray="4,4"')
    expect(texts).toContain('stem only 50.00 %')
    expect(texts.some((t) => t.startsWith('ODENet'))).toBe(false)
    expect(draw(accuracyCurve, trainingRun(50)).svg).not.toContain('stroke-dasharray')
  })

  it('shows the mean over batches where there was no test', () => {
    const steps = trainingRun(50).filter((r) => r.kind === 'step')
    const { lines, dots, texts } = draw(accuracyCurve, steps)
    expect(lines(BLUE)).toEqual([50])
    expect(dots(BLUE)).toBe(0)
    expect(texts.some((t) => t.startsWith('ODENet '))).toBe(true)
    expect(texts).toContain('Accuracy on the batches trained on')
  })

  it('does not call the batches of a net a test, beside the tests of another', () => {
    const records = trainingRun(50).filter((r) => r.kind === 'step' || r.net === 'odenet')
    const { texts, lines, dots } = draw(accuracyCurve, records)
    expect(texts).toContain('Accuracy on test images')
    expect(texts.some((t) => t.startsWith('stem only, batches '))).toBe(true)
    expect([dots(ORANGE), lines(ORANGE)]).toEqual([0, [50]])
  })

  it('keeps both labels inside the picture at the bottom of the axis', () => {
    const atZero = (['odenet', 'stem'] as const).map((net) => evalRecord({ net, accuracy: 0 }))
    const { labelHeight } = draw(accuracyCurve, atZero, { width: 440, height: 300 })
    expect(labelHeight('stem only')).toBe(260)
    expect(labelHeight('ODENet')).toBe(244)
  })

  it.each([0, 0.1, 0.8, 1])('has room for an accuracy of %d', (accuracy) => {
    const { svg } = draw(accuracyCurve, [evalRecord({ accuracy })])
    const cy = Number(/cy="([\d.]+)"/.exec(svg)?.[1])
    expect(cy).toBeGreaterThanOrEqual(46)
    expect(cy).toBeLessThanOrEqual(360)
  })
})

describe('evaluationsCurve', () => {
  it('draws both directions of the ODENet only, and labels them with their mean', () => {
    const { lines, texts } = draw(evaluationsCurve, trainingRun(50))
    expect(lines(BLUE)).toEqual([50, 50])
    expect(lines(ORANGE)).toEqual([50, 50])
    expect(texts).toContain('forward 14.0')
    expect(texts).toContain('backward 20.0')
    expect(texts).toContain('0')
  })

  it('has nothing to draw for a stem', () => {
    const stem = trainingRun(5).filter((r) => r.net === 'stem')
    expect(draw(evaluationsCurve, stem).texts).toContain('nothing recorded yet')
  })
})
