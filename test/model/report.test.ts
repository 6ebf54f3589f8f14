import { inflateSync } from 'node:zlib'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { renderReport, type ReportInput } from '../../src/model/report/report.ts'
import { trainingRun } from '../plot/trainingRun.ts'

const PIXELS = Uint8Array.from({ length: 784 }, (_, i) => i % 251)

const INPUT: ReportInput = {
  title: 'ODENet on MNIST',
  startedAt: '2026-01-02T03:04:05Z',
  outcome: 'completed',
  message: 'Trained to the end.',
  accuracy: 0.9661,
  stemAccuracy: 0.9288,
  seconds: 4321,
  seed: 42,
  command: 'odenet train --seed 42',
  versions: { effect: '4.1.0' },
  about: ['The ODENet is a net.', 'The stem is less.'],
  recipe: [['gradient', 'adjoint']],
  configuration: { channels: 32, schedule: { kind: 'cosine' } },
  records: trainingRun(50),
  classNames: Array.from('0123456789'),
  imageShape: { height: 28, width: 28, channels: 1 },
  confusion: Array.from({ length: 10 }, (_, i) =>
    Array.from({ length: 10 }, (_, j) => (i === j ? 90 + i : j === 0 ? 3 : 0)),
  ),
  misclassified: [{ pixels: PIXELS, label: 4, predicted: 9 }],
}

const BARE: ReportInput = {
  ...INPUT,
  outcome: 'failed',
  accuracy: null,
  stemAccuracy: null,
  seconds: Number.NaN,
  versions: {},
  about: [],
  recipe: [],
  configuration: {},
  records: [],
  confusion: [],
  misclassified: [],
}

/** Steps whose solves take now more, now fewer evaluations. */
const restless = INPUT.records.map((r) =>
  r.kind === 'step' && r.step % 4 === 0 ? { ...r, nfeForward: 26 } : r,
)

function render(changes: Partial<ReportInput> = {}): { html: string; document: Document } {
  const html = renderReport({ ...INPUT, ...changes })
  return { html, document: parseHTML(html).document as unknown as Document }
}

/** Cells of each row of a table. */
function rows(table: Element): string[][] {
  return [...table.querySelectorAll('tr')].map((tr) =>
    [...tr.querySelectorAll('th, td')].map((cell) => cell.textContent),
  )
}

describe('renderReport', () => {
  it('needs nothing but itself', () => {
    const { html } = render()
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).not.toMatch(/<script|<link|@import|src="(?!data:)|href=/)
    expect(html.match(/https?:[^"]*/g)?.every((url) => url === 'http://www.w3.org/2000/svg')).toBe(true)
    expect(html).toContain('prefers-color-scheme: dark')
    expect(html).toContain('name="viewport"')
  })

  it('sets the accuracy beside the one of the stem', () => {
    const headline = render().document.querySelector('.headline')!
    const scores = [...headline.querySelectorAll('.score')].map((score) => score.textContent)
    expect(scores).toEqual(['96.61 %ODENet, test accuracy', '92.88 %stem only, test accuracy'])
    expect(headline.textContent).toContain('+3.73 percentage points')
    expect(render({ stemAccuracy: 0.98 }).html).toContain('−1.39 percentage points')
    const stopped = render({ outcome: 'interrupted', stemAccuracy: null }).document.querySelector('.score')!
    expect(stopped.textContent).toBe('96.61 %ODENet, last test')
    const alone = render({ stemAccuracy: null }).document.querySelector('.headline')!
    expect(alone.textContent).not.toContain('percentage points')
    expect(alone.querySelectorAll('.score')).toHaveLength(1)
  })

  it('draws the three plots, whose ids differ', () => {
    const { document } = render({ records: restless })
    const svgs = [...document.querySelectorAll('figure svg')]
    expect(svgs.map((svg) => svg.getAttribute('aria-label'))).toEqual([
      'Accuracy on test images',
      'Loss (cross-entropy, nats)',
      'Evaluations of the right-hand side in a step',
    ])
    const ids = [...document.querySelectorAll('[id]')].map((e) => e.getAttribute('id'))
    expect(ids.length).toBeGreaterThan(0)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says once how many evaluations the steps took: in a sentence where they are nearly all alike, else in a plot', () => {
    const words = 'Evaluations of the right-hand side'
    const still = render()
    expect(still.document.querySelectorAll('figure svg')).toHaveLength(2)
    expect(still.document.body.textContent).toContain(
      `${words} in a step: 14 in the solve, 20 in its gradient.`,
    )
    const one = INPUT.records.map((r) => (r.kind === 'step' && r.step === 9 ? { ...r, nfeForward: 26 } : r))
    expect(render({ records: one }).html).toContain(
      'nearly always 14 (from 14 to 26) in the solve, 20 in its gradient.',
    )
    const ofTape = INPUT.records.map((r) =>
      r.kind === 'step' ? { ...r, nfeBackward: 0 } : { ...r, nfeForward: 15.5 },
    )
    expect(render({ records: ofTape }).html).toContain(
      '14 in the solve, 0 in its gradient, which plays a tape back. In the last test a solve took 15.5 on average.',
    )
    const moving = render({ records: restless })
    expect(moving.document.querySelectorAll('figure svg')).toHaveLength(3)
    expect(moving.document.body.textContent).toContain(
      `${words}: from 14 to 26 in the solve of a step (forward), always 20 in its gradient (backward).`,
    )
    for (const { document } of [still, moving])
      expect([...document.querySelectorAll('table')].flatMap(rows).flat()).not.toContain('forward')
    const stem = INPUT.records.filter(({ net }) => net === 'stem')
    expect(render({ records: stem, net: 'stem' }).html).not.toContain(words)
  })

  it('says what the nets are before anything else, and folds all but the recipe of its options', () => {
    const { document } = render()
    const about = [...document.querySelectorAll('.about')].map((p) => p.textContent)
    expect(about).toEqual(INPUT.about)
    expect(document.querySelector('main')!.children[1]!.className).toBe('about')
    const folded = [...document.querySelectorAll('details table')].flatMap(rows)
    expect(folded).toContainEqual(['channels', '32'])
    expect(document.querySelector('details')!.hasAttribute('open')).toBe(false)
    for (const fold of document.querySelectorAll('details')) fold.remove()
    const open = [...document.querySelectorAll('table')].flatMap(rows)
    expect(open).toContainEqual(['gradient', 'adjoint'])
    expect(open.map(([name]) => name)).not.toContain('channels')
  })

  it('tells time, configuration, versions, seed and command', () => {
    const { document } = render()
    const cells = [...document.querySelectorAll('table')].flatMap(rows)
    expect(cells).toContainEqual(['', 'ODENet', 'stem only'])
    expect(cells).toContainEqual(['training', '5.0 s', '5.0 s'])
    expect(cells).toContainEqual(['images', '1,600', '1,600'])
    expect(cells).toContainEqual(['images/s, median', '64.0', '64.0'])
    expect(document.body.textContent).toContain('Together 72 min (4,321 s).')
    expect(cells).toContainEqual(['channels', '32'])
    expect(cells).toContainEqual(['schedule', '{"kind":"cosine"}'])
    expect(document.body.textContent).toContain('effect 4.1.0')
    expect(document.querySelector('header')!.textContent).toContain(
      '2026-01-02 03:04 UTC · seed 42 · completed',
    )
    expect(document.querySelector('pre')?.textContent).toBe('odenet train --seed 42')
  })

  it('lays out the confusion matrix by label and prediction', () => {
    const table = render().document.querySelector('.confusion')!
    const cells = rows(table)
    expect(cells).toHaveLength(11)
    expect(cells[0]).toEqual(['', ...'0123456789'])
    expect(cells[3]).toEqual(['2', '3', '0', '92', '0', '0', '0', '0', '0', '0', '0'])
    expect(table.querySelectorAll('.right')).toHaveLength(10)
    expect(table.querySelectorAll('.wrong')).toHaveLength(9)
  })

  it('shows misclassified images, pixel for pixel and twenty at most', () => {
    const { document } = render()
    const figure = document.querySelector('.images figure')!
    expect(figure.querySelector('figcaption')?.textContent).toBe('4 → 9')
    const image = figure.querySelector('img')!
    expect(image.getAttribute('alt')).toBe('4, taken for 9')
    expect(pixelsOf(image.getAttribute('src')!)).toEqual(PIXELS)
    const many = Array.from({ length: 25 }, () => INPUT.misclassified[0]!)
    expect(render({ misclassified: many }).document.querySelectorAll('.images img')).toHaveLength(20)
  })

  it('escapes every text', () => {
    const evil = `<script>alert("x")</script>&'`
    const { html, document } = render({
      title: evil,
      startedAt: evil,
      message: evil,
      command: evil,
      versions: { [evil]: evil },
      about: [evil],
      recipe: [[evil, evil]],
      configuration: { [evil]: evil, nested: { [evil]: [evil] } },
    })
    expect(html).not.toContain('<script')
    expect(html).not.toContain(`"x"`)
    expect(document.querySelector('h1')?.textContent).toBe(evil)
    expect(document.querySelector('pre')?.textContent).toBe(evil)
    const cells = [...document.querySelectorAll('table')].flatMap(rows)
    expect(cells.filter((row) => row[0] === evil && row[1] === evil)).toHaveLength(2)
  })

  it('reports a run that failed before its first step', () => {
    const { html, document } = render(BARE)
    const visible = html.slice(html.indexOf('<body>'))
    expect(visible).not.toMatch(/NaN|Infinity|undefined|null/)
    expect(document.querySelectorAll('figure svg')).toHaveLength(2)
    expect(document.querySelector('.remark .failed')).not.toBeNull()
    expect(html.match(/Nothing recorded\./g)).toHaveLength(5)
  })

  it('takes numbers that are not finite', () => {
    const records = INPUT.records.map((r) =>
      r.kind === 'step'
        ? { ...r, loss: Infinity, accuracy: Number.NaN, imagesPerSecond: Number.NaN, nfeBackward: Number.NaN }
        : { ...r, loss: Number.NaN, accuracy: Number.NaN, nfeForward: Number.NaN },
    )
    const { html } = render({ records, accuracy: Number.NaN })
    expect(html.slice(html.indexOf('<body>'))).not.toMatch(/NaN|Infinity|undefined/)
  })
})

/** Reads back a PNG of gray pixels without filters: header, one chunk of data, end. */
function pixelsOf(source: string): Uint8Array {
  const png = Buffer.from(source.replace('data:image/png;base64,', ''), 'base64')
  const at = png.indexOf('IDAT')
  const scanlines = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
  const width = png.readUInt32BE(16)
  const lines = Array.from({ length: png.readUInt32BE(20) }, (_, y) => [
    ...scanlines.subarray(y * (width + 1) + 1, (y + 1) * (width + 1)),
  ])
  return Uint8Array.from(lines.flat())
}
