import { encode } from 'fast-png'
import { toSvg } from '../../plot/render.ts'
import { accuracyCurve, evaluationsCurve, lossCurve } from '../../plot/training.ts'
import type { TrainingRecord } from '../../plot/trainingRecord.ts'
import type { ImageShape } from '../augmentation.ts'
import { nets, netNames, type Net } from '../nets.ts'
import { htmlDocument } from './document.ts'
import { NOTHING, asText, escape, table } from './markup.ts'
import { count, decimal, duration, mean, median, percent, signed } from './numbers.ts'

/** A test image that the net took for something else. */
export interface Misclassified {
  /** Shape (height, width, channels), from 0 to 255. */
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
  /** The net that the report is about. Default 'odenet'. */
  readonly net?: Net
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
  readonly classNames: readonly string[]
  /** Of the misclassified images: one channel (grey) or three (red, green, blue). */
  readonly imageShape: ImageShape
  /** Counts of test images by label (row) and prediction (column); empty where there was no test. */
  readonly confusion: readonly (readonly number[])[]
  /** At most 20 are shown. */
  readonly misclassified: readonly Misclassified[]
}

const MAX_IMAGES = 20
const PLOT_SIZE = { width: 440, height: 300 }
/** Evaluations are compared between the first and the last tenth of the steps. */
const END_SHARE = 0.1

/** A training run as one HTML file, see `htmlDocument`. */
export function renderReport(input: ReportInput): string {
  const { records } = input
  const header = `<p class="quiet">${escape(input.startedAt)} · seed ${escape(input.seed)} · <span class="${input.outcome}">${escape(input.outcome)}</span></p>`
  const main = `${headline(input)}
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
${confusionTable(input)}
</section>
<section>
<h2>Misclassified test images</h2>
${imageGrid(input)}
</section>
<section>
<h2>Repeat it</h2>
<pre><code>${escape(input.command)}</code></pre>
${table([['seed', asText(input.seed)], ...Object.entries(input.versions)])}
</section>`
  return htmlDocument(input.title, { header, main })
}

function headline({ net = 'odenet', accuracy, stemAccuracy, outcome, message }: ReportInput): string {
  const difference =
    accuracy === null || stemAccuracy === null
      ? ''
      : `<p class="quiet">${signed(100 * (accuracy - stemAccuracy))} percentage points from the ${net === 'odenet' ? 'ODE' : 'residual blocks'}</p>`
  return `<section class="headline">
<div class="score ${net}"><b>${percent(accuracy)}</b><span>${nets[net].title}, test accuracy</span></div>
${net === 'stem' || stemAccuracy === null ? '' : `<div class="score stem"><b>${percent(stemAccuracy)}</b><span>stem only, test accuracy</span></div>`}
<div class="remark">${difference}<p class="${outcome}">${escape(message)}</p></div>
</section>`
}

function timing({ records, seconds }: ReportInput): [string, string][] {
  const rows: [string, string][] = [['whole run', duration(seconds)]]
  for (const net of netNames) {
    const name = nets[net].title
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

function confusionTable({ confusion, classNames }: ReportInput): string {
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
    return `<tr><th scope="row">${escape(classNames[i]!)}</th>${row.map((n, j) => cell(n, i === j, ofLabel)).join('')}</tr>`
  })
  return `<p class="quiet">Row: label. Column: prediction.</p>
<table class="confusion">
<thead><tr><td></td>${confusion.map((_, j) => `<th scope="col">${escape(classNames[j]!)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table>`
}

function imageGrid({ misclassified, imageShape, classNames }: ReportInput): string {
  if (misclassified.length === 0) return NOTHING
  const figures = misclassified.slice(0, MAX_IMAGES).map(({ pixels, label, predicted }) => {
    const source = `data:image/png;base64,${Buffer.from(png(pixels, imageShape)).toString('base64')}`
    const [is, seen] = [escape(classNames[label]!), escape(classNames[predicted]!)]
    const alt = `${is}, taken for ${seen}`
    return `<figure><img src="${source}" alt="${alt}" width="56" height="56"><figcaption>${is} → <b>${seen}</b></figcaption></figure>`
  })
  return `<p class="quiet">Label → prediction.</p>
<div class="images">${figures.join('\n')}</div>`
}

function png(pixels: Uint8Array, { height, width, channels }: ImageShape): Uint8Array {
  return encode({ width, height, data: pixels, depth: 8, channels })
}
