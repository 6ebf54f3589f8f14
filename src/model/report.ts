import { crc32, deflateSync } from 'node:zlib'
import { toSvg } from '../plot/render.ts'
import { accuracyCurve, evaluationsCurve, lossCurve } from '../plot/training.ts'
import type { TrainingRecord } from '../plot/trainingRecord.ts'

/** A test image that the net took for something else. */
export interface Misclassified {
  /** Shape (28, 28), row by row; 0 is background, 255 is ink. */
  readonly pixels: Uint8Array
  readonly label: number
  readonly predicted: number
}

export interface ReportInput {
  readonly title: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly outcome: 'completed' | 'interrupted' | 'failed'
  /** One sentence on how the run ended. */
  readonly message: string
  /** Test accuracies, fractions from 0 to 1; null where there is none. */
  readonly accuracy: number | null
  readonly stemAccuracy: number | null
  /** Of the whole run. */
  readonly seconds: number
  readonly seed: number
  /** What repeats the run, as typed in a shell. */
  readonly command: string
  /** Package or program -> version. */
  readonly versions: { readonly [name: string]: string }
  /** Option -> value; whatever is no string is shown as JSON. */
  readonly configuration: { readonly [name: string]: unknown }
  readonly records: readonly TrainingRecord[]
  /** Counts of test images by label (row) and prediction (column); empty where there was no test. */
  readonly confusion: readonly (readonly number[])[]
  /** At most 20 are shown. */
  readonly misclassified: readonly Misclassified[]
}

const IMAGE_SIDE = 28
const MAX_IMAGES = 20
const PLOT_SIZE = { width: 440, height: 300 }
/** Evaluations are compared between the first and the last tenth of the steps. */
const END_SHARE = 0.1

/** A training run as one HTML file that needs nothing else: no script, no network, light and dark. */
export function renderReport(input: ReportInput): string {
  const { records } = input
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escape(input.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escape(input.title)}</h1>
<p class="quiet">${escape(input.startedAt)} · seed ${escape(input.seed)} · <span class="${input.outcome}">${escape(input.outcome)}</span></p>
</header>
<main>
${headline(input)}
<section>
<h2>Curves</h2>
<div class="plots">
${[accuracyCurve, lossCurve, evaluationsCurve].map((curve) => `<figure>${toSvg(curve(records, PLOT_SIZE))}</figure>`).join('\n')}
</div>
</section>
<div class="columns">
<section>
<h2>Time</h2>
${table(timing(input))}
</section>
<section>
<h2>Evaluations of the right-hand side</h2>
${evaluations(records)}
</section>
<section>
<h2>Configuration</h2>
${table(Object.entries(input.configuration).map(([name, value]) => [name, asText(value)]))}
</section>
</div>
<section>
<h2>Confusion</h2>
${confusionTable(input.confusion)}
</section>
<section>
<h2>Misclassified test images</h2>
${imageGrid(input.misclassified)}
</section>
<section>
<h2>Repeat it</h2>
<pre><code>${escape(input.command)}</code></pre>
${table([['seed', asText(input.seed)], ...Object.entries(input.versions)])}
</section>
</main>
</body>
</html>
`
}

function headline({ accuracy, stemAccuracy, outcome, message }: ReportInput): string {
  const difference =
    accuracy === null || stemAccuracy === null
      ? ''
      : `<p class="quiet">${signed(100 * (accuracy - stemAccuracy))} percentage points from the ODE</p>`
  return `<section class="headline">
<div class="score odenet"><b>${percent(accuracy)}</b><span>ODENet, test accuracy</span></div>
<div class="score stem"><b>${percent(stemAccuracy)}</b><span>stem only, test accuracy</span></div>
<div class="remark">${difference}<p class="${outcome}">${escape(message)}</p></div>
</section>`
}

function timing({ records, seconds }: ReportInput): [string, string][] {
  const rows: [string, string][] = [['whole run', duration(seconds)]]
  for (const [net, name] of [
    ['odenet', 'ODENet'],
    ['stem', 'stem only'],
  ] as const) {
    const steps = records.filter((r) => r.kind === 'step' && r.net === net)
    const speeds = steps.flatMap((r) => (r.kind === 'step' ? [r.imagesPerSecond] : []))
    const last = steps.at(-1)
    if (!last) continue
    rows.push(
      [`${name}: images trained on`, count(last.images)],
      [`${name}: steps`, count(last.step)],
      [`${name}: training time`, duration(last.seconds)],
      [`${name}: images/s, median`, decimal(median(speeds))],
    )
  }
  return rows
}

function evaluations(records: readonly TrainingRecord[]): string {
  const steps = records.filter((r) => r.kind === 'step').filter((r) => r.net === 'odenet')
  if (steps.length === 0) return NOTHING
  const share = Math.ceil(steps.length * END_SHARE)
  const row = (name: string, values: readonly number[]): string =>
    `<tr><th scope="row">${name}</th>${[values.slice(0, share), values.slice(-share), values]
      .map((part) => `<td>${decimal(mean(part))}</td>`)
      .join('')}<td>${count(values.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0))}</td></tr>`
  const tested = records.filter((r) => r.kind === 'eval' && r.net === 'odenet').at(-1)
  return `<div class="scroll"><table>
<thead><tr><th scope="col">per step</th><th scope="col">first 10 %</th><th scope="col">last 10 %</th><th scope="col">all</th><th scope="col">most</th></tr></thead>
<tbody>${row(
    'forward',
    steps.map((r) => r.nfeForward),
  )}${row(
    'backward',
    steps.map((r) => r.nfeBackward),
  )}</tbody></table></div>
${tested ? `<p class="quiet">Last test: ${decimal(tested.nfeForward)} forward, mean over the batches.</p>` : ''}`
}

function confusionTable(confusion: readonly (readonly number[])[]): string {
  if (confusion.length === 0) return NOTHING
  const wrong = confusion.flatMap((row, i) => row.filter((_, j) => i !== j))
  const mostWrong = Math.max(1, ...wrong.filter(Number.isFinite))
  const cell = (n: number, isRight: boolean, ofLabel: number): string => {
    if (!n) return '<td class="zero">0</td>'
    // A single mistake must stay visible beside a hundred: shaded by the square root.
    const shade = isRight ? 0.15 + 0.4 * (n / ofLabel) : 0.12 + 0.48 * Math.sqrt(n / mostWrong)
    return `<td class="${isRight ? 'right' : 'wrong'}" style="--shade:${shade.toFixed(2)}">${escape(n)}</td>`
  }
  const rows = confusion.map((row, i) => {
    const ofLabel = row.reduce((a, b) => a + b, 0)
    return `<tr><th scope="row">${i}</th>${row.map((n, j) => cell(n, i === j, ofLabel)).join('')}</tr>`
  })
  return `<p class="quiet">Row: label. Column: prediction.</p>
<table class="confusion">
<thead><tr><td></td>${confusion.map((_, j) => `<th scope="col">${j}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table>`
}

function imageGrid(images: readonly Misclassified[]): string {
  if (images.length === 0) return NOTHING
  const figures = images.slice(0, MAX_IMAGES).map(({ pixels, label, predicted }) => {
    const source = `data:image/png;base64,${grayPng(pixels, IMAGE_SIDE, IMAGE_SIDE).toString('base64')}`
    const alt = `a ${escape(label)}, taken for a ${escape(predicted)}`
    return `<figure><img src="${source}" alt="${alt}" width="56" height="56"><figcaption>${escape(label)} → <b>${escape(predicted)}</b></figcaption></figure>`
  })
  return `<p class="quiet">Label → prediction.</p>
<div class="images">${figures.join('\n')}</div>`
}

/**
 * A PNG file of 8-bit gray pixels, one filter byte (none) before each row.
 * @see PNG Specification, Third Edition (W3C, 2025), Sec. 5.3 (chunks), 11.2.1 (IHDR)
 */
function grayPng(pixels: Uint8Array, width: number, height: number): Buffer {
  const scanlines = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++) {
    scanlines.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const framed = Buffer.alloc(body.length + 8)
    framed.writeUInt32BE(data.length, 0)
    framed.set(body, 4)
    framed.writeUInt32BE(crc32(body), body.length + 4)
    return framed
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(scanlines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function table(rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return NOTHING
  const body = rows.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`,
  )
  return `<table><tbody>${body.join('\n')}</tbody></table>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(value: string | number): string {
  return String(value).replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? c)
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

const NOTHING = '<p class="quiet">Nothing recorded.</p>'
const NO_NUMBER = '–'

function percent(fraction: number | null): string {
  return fraction === null || !Number.isFinite(fraction) ? NO_NUMBER : `${(100 * fraction).toFixed(2)} %`
}

function signed(n: number): string {
  return Number.isFinite(n) ? `${n < 0 ? '−' : '+'}${Math.abs(n).toFixed(2)}` : NO_NUMBER
}

function decimal(n: number): string {
  return Number.isFinite(n) ? n.toFixed(1) : NO_NUMBER
}

function count(n: number): string {
  return Number.isFinite(n) ? n.toLocaleString('en') : NO_NUMBER
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_NUMBER
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  const minutes = Math.round(seconds / 60)
  const spoken = minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${spoken} (${count(Math.round(seconds))} s)`
}

function mean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite)
  return finite.reduce((a, b) => a + b, 0) / finite.length
}

function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const STYLE = `
:root { color-scheme: light dark; --page: #fff; --ink: #1b1f24; --quiet: #59636e; --line: #d8dde3; --panel: #f5f7f9; --blue: #1f6ac0; --orange: #ad5308; --red: #b3261e; --blue-rgb: 43, 123, 214; --orange-rgb: 222, 110, 20 }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --ink: #e4e8ec; --quiet: #9aa5b1; --line: #333a42; --panel: #1d2127; --blue: #6aa9ee; --orange: #ee9a52; --red: #ff8a80 }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem }
p { margin: .25rem 0 }
figure { margin: 0 }
.quiet, th { color: var(--quiet); font-weight: normal }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin-top: 1rem; align-items: center }
.score { padding: .75rem 1rem; border-radius: .5rem; background: var(--panel) }
.score b { display: block; font-size: 2rem; line-height: 1.2; white-space: nowrap }
.score span { color: var(--quiet); font-size: .9rem }
.odenet b { color: var(--blue) }
.stem b { color: var(--orange) }
.remark { min-width: 9.5rem }
.interrupted { color: var(--orange) }
.failed { color: var(--red) }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem }
.plots svg { display: block; width: 100%; max-width: 34rem }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); column-gap: 2rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; max-width: 34rem; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
.confusion { table-layout: fixed; max-width: 36rem; overflow-wrap: normal }
.confusion th, .confusion td { padding: .35rem 0; border: 1px solid var(--page); text-align: center }
.confusion .right { background: rgba(var(--blue-rgb), var(--shade)) }
.confusion .wrong { background: rgba(var(--orange-rgb), var(--shade)) }
.confusion .zero { color: var(--quiet); opacity: .5 }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr)); gap: .75rem; max-width: 52rem }
.images img { display: block; width: 100%; height: auto; border-radius: .25rem; image-rendering: pixelated; background: #000 }
.images figcaption { font-size: .9rem; text-align: center }
.images b { color: var(--orange) }
pre { overflow-x: auto; padding: .75rem 1rem; border-radius: .5rem; background: var(--panel); font-size: .9rem }
@media (max-width: 40rem) { .remark { grid-column: 1 / -1 } }
@media (max-width: 30rem) { .confusion { font-size: .7rem } .score b { font-size: 1.6rem } }
`
