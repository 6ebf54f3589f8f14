import type { OdeSolution } from '../dense/odeSolution.ts'
import type { IvpFailure, IvpResultFields } from '../ivpResult.ts'
import type { EventTimes } from '../seenOptions.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'

/** Columns of a terminal. */
const WIDTH = 80
/** Entries shown at the head and at the tail of a list, as many as fit. */
const SHOWN = [3, 2, 1]
/** Rows of y, and events, that are shown. */
const ROWS = 6
/** As numpy prints them by default, but for the fixed exponent. */
const DIGITS = 4
/** From here on numbers are shown by their exponent. */
const LARGE = 1e7

/** What is shown of a result; `y` is not asked for, since it would be built. */
interface Shown extends Omit<IvpResultFields<FloatArray, boolean, EventTimes>, 'y' | 'sol'> {
  readonly sol: Pick<OdeSolution, 'tMin' | 'tMax' | 'interpolants'> | null
  readonly status: number
  readonly success: boolean
  readonly failure?: IvpFailure
}

/**
 * A result in a few lines of at most 80 columns, as scipy prints its OptimizeResult: names right-aligned,
 * long lists by head and tail, with shapes.
 * @param n - components of a state
 */
export function summaryOf(result: Shown, n: number): string {
  const { t, states, tEvents, yEvents, sol, failure, warnings } = result
  const fields: Record<string, (width: number) => string[]> = {
    message: (width) => wrapped(result.message, width),
    success: () => [String(result.success)],
    status: () => [String(result.status)],
    t: (width) => [`(${t.length}) ${fitted(t.length, (j) => short(t[j]!), width - 8)}`],
    y: (width) => rowsOf(states, n, width),
    sol: () => [
      sol === null ? 'null' : `on [${short(sol.tMin)}, ${short(sol.tMax)}], ${sol.interpolants.length} steps`,
    ],
    tEvents: (width) =>
      eventsOf(
        tEvents,
        (times) => `(${times.length})`,
        (times, j) => short(times[j]!),
        width,
      ),
    yEvents: (width) =>
      eventsOf(
        yEvents,
        (found) => `(${found.length}, ${n})`,
        (found, j) => fitted(n, (i) => short(found[j]![i]!), width / 3),
        width,
      ),
    nfev: () => [String(result.nfev)],
    njev: () => [String(result.njev)],
    nlu: () => [String(result.nlu)],
    ...(failure === undefined ? {} : { failure: (width: number) => failed(failure, width) }),
    ...(warnings.length === 0
      ? {}
      : { warnings: (width: number) => warnings.flatMap((warning) => wrapped(warning, width)) }),
  }
  const margin = Math.max(...Object.keys(fields).map((name) => name.length)) + 1
  return Object.entries(fields)
    .map(([name, linesOf]) => {
      const indent = ' '.repeat(margin + 2)
      return `${name.padStart(margin)}: ${linesOf(WIDTH - margin - 2).join(`\n${indent}`)}`
    })
    .join('\n')
}

/** Component-major rows, one a line. */
function rowsOf(states: ReadonlyArray<FloatArray>, n: number, width: number): string[] {
  const shape = `(${n}, ${states.length})`
  if (n === 0 || states.length === 0) return [`${shape} []`]
  const rows = headAndTail(n, ROWS).map((i) =>
    i === null ? '...' : fitted(states.length, (j) => short(states[j]![i]!), width - 3),
  )
  return [shape, ...bracketed(rows)]
}

/** One line for each event. */
function eventsOf<L extends { readonly length: number }>(
  events: ReadonlyArray<L> | null,
  shapeOf: (list: L) => string,
  textOf: (list: L, j: number) => string,
  width: number,
): string[] {
  if (events === null) return ['null']
  const rows = headAndTail(events.length, ROWS).map((e) => {
    if (e === null) return '...'
    const list = events[e]!
    const shape = shapeOf(list)
    return `${shape} ${fitted(list.length, (j) => textOf(list, j), width - shape.length - 4)}`
  })
  return events.length === 0 ? ['[]'] : bracketed(rows)
}

function failed({ kind, t, component, advice, snapshot }: IvpFailure, width: number): string[] {
  const where = component === undefined ? '' : `, component ${component}`
  return [
    ...wrapped(`${kind} at t = ${t}${where}`, width),
    ...wrapped(advice, width),
    ...(snapshot === undefined ? [] : ['`resume` goes on from failure.snapshot']),
  ]
}

/** Lines as the rows of a matrix. */
function bracketed(rows: ReadonlyArray<string>): string[] {
  return rows.map((row, i) => `${i === 0 ? '[' : ' '}${row}${i === rows.length - 1 ? ']' : ','}`)
}

/** `[a, b, ..., y, z]` with as many of the entries as fit into the width. */
function fitted(length: number, textOf: (j: number) => string, width: number): string {
  for (const shown of SHOWN) {
    const entries = headAndTail(length, 2 * shown).map((j) => (j === null ? '...' : textOf(j)))
    const text = `[${entries.join(', ')}]`
    if (text.length <= width) return text
  }
  return '[...]'
}

/** Indices from both ends of a list, at most `most` of them; null stands for those left out. */
function headAndTail(length: number, most: number): (number | null)[] {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  const tail = most >> 1
  const head = most - tail
  return [
    ...Array.from({ length: head }, (_, i) => i),
    null,
    ...Array.from({ length: tail }, (_, i) => length - tail + i),
  ]
}

function short(x: number): string {
  const rounded = Number(x.toPrecision(DIGITS))
  // All digits of 545100000000000 would take the place of a neighbour
  return Math.abs(rounded) >= LARGE && Number.isFinite(rounded) ? rounded.toExponential() : String(rounded)
}

/** Broken between words; a word that is longer than a line, within. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width))
  }
  return [...lines, line]
}
