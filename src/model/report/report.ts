import { encode } from 'fast-png'
import { toSvg } from '../../plot/render.ts'
import { accuracyCurve, lossCurve } from '../../plot/training.ts'
import type { TrainingRecord } from '../../plot/trainingRecord.ts'
import type { ImageShape } from '../augmentation.ts'
import { nets, netNames, type Net } from '../nets.ts'
import { htmlDocument } from './document.ts'
import { evaluationsFigure } from './evaluations.ts'
import { NOTHING, asText, commandLine, escape, table } from './markup.ts'
import { count, decimal, duration, median, percent, signed } from './numbers.ts'

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
  /** Test accuracies, the last ones of a run that did not end; fractions from 0 to 1, null where there is none. */
  readonly accuracy: number | null
  readonly stemAccuracy: number | null
  /** Of the whole run. */
  readonly seconds: number
  readonly seed: number
  /** What repeats the run, as typed in a shell. */
  readonly command: string
  /** Package or program -> version. */
  readonly versions: { readonly [name: string]: string }
  /** What the nets of the run are, a paragraph each. */
  readonly about: readonly string[]
  /** What decides the run, in words. */
  readonly recipe: readonly (readonly [name: string, value: string])[]
  /** All options, folded; whatever is no string is shown as JSON. */
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

/** A training run as one HTML file, see `htmlDocument`. */
export function renderReport(input: ReportInput): string {
  const { records, outcome } = input
  const header = `<p class="quiet">${escape(moment(input.startedAt))} · seed ${escape(input.seed)} · <span class="${outcome}">${escape(outcome)}</span></p>`
  const evaluations = evaluationsFigure(records, PLOT_SIZE)
  const main = `${headline(input)}
${input.about.map((sentence) => `<p class="about">${escape(sentence)}</p>`).join('\n')}
<section>
<h2>Curves</h2>
<div class="plots">
${[accuracyCurve, lossCurve].map((curve) => `<figure>${toSvg(curve(records, PLOT_SIZE))}</figure>`).join('\n')}
${evaluations.figure}
</div>
<p class="quiet">${escape(evaluations.text)}</p>
</section>
<div class="columns">
<section>
<h2>Time</h2>
${timing(input)}
</section>
<section>
<h2>Recipe</h2>
${table(input.recipe)}
<details><summary>All options</summary>
${table(Object.entries(input.configuration).map(([name, value]) => [name, asText(value)]))}
</details>
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
<pre><code>${commandLine(input.command)}</code></pre>
<p class="quiet">${escape(
    Object.entries(input.versions)
      .map((version) => version.join(' '))
      .join(', '),
  )}</p>
</section>`
  return htmlDocument(input.title, { header, main })
}

/** A moment as people read it; a text that is none as it is. */
function moment(startedAt: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*Z$/.exec(startedAt) ?? []
  return day === undefined ? startedAt : `${day} ${time} UTC`
}

function headline({ net = 'odenet', accuracy, stemAccuracy, outcome, message }: ReportInput): string {
  const difference =
    accuracy === null || stemAccuracy === null
      ? ''
      : `<p class="quiet">${signed(100 * (accuracy - stemAccuracy))} percentage points from the ${net === 'odenet' ? 'ODE' : 'residual blocks'}</p>`
  const measured = outcome === 'completed' ? 'test accuracy' : 'last test'
  return `<section class="headline">
<div class="score ${net}"><b>${percent(accuracy)}</b><span>${nets[net].title}, ${measured}</span></div>
${net === 'stem' || stemAccuracy === null ? '' : `<div class="score stem"><b>${percent(stemAccuracy)}</b><span>stem only, ${measured}</span></div>`}
<div class="remark">${difference}<p class="${outcome}">${escape(message)}</p></div>
</section>`
}

/** A column for each net that was trained. */
function timing({ records, seconds }: ReportInput): string {
  const trained = netNames.flatMap((net) => {
    const steps = records.filter((r) => r.kind === 'step').filter((r) => r.net === net)
    const last = steps.at(-1)
    return last === undefined ? [] : [{ net, last, speed: median(steps.map((r) => r.imagesPerSecond)) }]
  })
  if (trained.length === 0) return NOTHING
  const rows = [
    ['training', ...trained.map(({ last }) => duration(last.seconds))],
    ['images', ...trained.map(({ last }) => count(last.images))],
    ['steps', ...trained.map(({ last }) => count(last.step))],
    ['images/s, median', ...trained.map(({ speed }) => decimal(speed))],
  ]
  const line = ([name, ...values]: string[]): string =>
    `<tr><th scope="row">${name}</th>${values.map((value) => `<td>${escape(value)}</td>`).join('')}</tr>`
  const whole = trained.length > 1 ? `<p class="quiet">Together ${escape(duration(seconds))}.</p>` : ''
  return `<table><thead><tr><td></td>${trained.map(({ net }) => `<th scope="col">${nets[net].title}</th>`).join('')}</tr></thead>
<tbody>${rows.map(line).join('\n')}</tbody></table>
${whole}`
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
