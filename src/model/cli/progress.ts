import { clockTime, percent } from '../report/numbers.ts'
import type { StepRecord } from '../metrics.ts'
import { progressLine, type Field } from './progressLine.ts'
import { StatusLine, type Terminal } from './statusLine.ts'

/** Steps over which loss and accuracy are averaged for the display. */
const MEMORY = 50
/** Seconds between two lines where the output is not a terminal. */
const LINE_EVERY = 10

/** Shows a training as it goes, by the name of its net: a line at the bottom of a terminal, a line every few seconds elsewhere. */
export class Progress {
  readonly #line: StatusLine | null
  readonly #title: string
  readonly #total: number
  readonly #recent: StepRecord[] = []
  #step: number
  #fields: readonly Field[] = [{ text: 'starting', rank: 0 }]
  #test: readonly Field[] = []
  #lastLine = performance.now()

  /** @param terminal - null where there is none */
  constructor(
    title: string,
    total: number,
    start: number,
    terminal: Terminal | null = process.stderr.isTTY ? process.stderr : null,
  ) {
    this.#title = title
    this.#total = total
    this.#step = start
    this.#line = terminal === null ? null : new StatusLine(terminal, (columns) => this.#text(columns))
  }

  step(record: StepRecord): void {
    this.#recent.push(record)
    if (this.#recent.length > MEMORY) this.#recent.shift()
    this.#step = record.step
    this.#fields = fieldsOf(this.#recent, this.#total)
    if (this.#line !== null) this.#line.refresh()
    else if (performance.now() - this.#lastLine > 1000 * LINE_EVERY) {
      this.#lastLine = performance.now()
      const share = `${Math.floor((100 * record.step) / this.#total)} %`
      console.error([`${this.#title} ${share}`, ...this.#fields.map(({ text }) => text)].join(' | '))
    }
  }

  /** Says that a test is under way, until its note. */
  testing(images: number): void {
    this.#test = [{ text: `testing on ${images} images`, rank: 6 }]
    this.#line?.redraw()
  }

  /** A line that stays. */
  note(text: string): void {
    this.#test = []
    const line = `${this.#title}: ${text}`
    if (this.#line !== null) this.#line.note(line)
    else console.error(line)
  }

  stop(): void {
    this.#line?.stop()
  }

  #text(columns: number): string {
    return progressLine(this.#title, this.#step / this.#total, [...this.#test, ...this.#fields], columns)
  }
}

/** The last steps in words; what matters least has the lowest rank. */
function fieldsOf(recent: readonly StepRecord[], total: number): Field[] {
  const mean = (of: (step: StepRecord) => number): number =>
    recent.reduce((sum, step) => sum + of(step), 0) / recent.length
  const { images, step, net } = recent.at(-1)!
  const speed = mean((record) => record.imagesPerSecond)
  const left = ((total - step) * (images / step)) / speed
  const [forward, backward] = [mean((record) => record.nfeForward), mean((record) => record.nfeBackward)]
  return [
    { text: `${clockTime(left)} left`, rank: 5 },
    { text: `loss ${mean((record) => record.loss).toFixed(3)}`, rank: 4 },
    { text: `accuracy ${percent(mean((record) => record.accuracy))}`, rank: 3 },
    { text: `${speed.toFixed(0)} images/s`, rank: 2 },
    ...(net === 'odenet'
      ? [{ text: `${forward.toFixed(0)} + ${backward.toFixed(0)} evaluations`, rank: 1 }]
      : []),
  ]
}
