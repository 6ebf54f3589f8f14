import type { WriteStream } from 'node:tty'

/** Milliseconds between two drawings. */
const EVERY = 100
const ERASE_BELOW = '\u001B[J'
/** Where the terminal has become narrower than is known yet, the line is cut and not broken. */
const NO_WRAP = '\u001B[?7l'
const WRAP = '\u001B[?7h'
const USUAL_COLUMNS = 80

export type Terminal = Pick<WriteStream, 'write' | 'columns' | 'on' | 'off'>

/**
 * The last line of a terminal, drawn over and over.
 *
 * The cursor waits at its beginning: a terminal that gets narrower may break the line into several, and all of them lie
 * after the cursor and are erased with the next drawing.
 */
export class StatusLine {
  readonly #terminal: Terminal
  readonly #line: (columns: number) => string
  readonly #onResize = (): void => this.redraw()
  #drawn = -Infinity
  #isStopped = false

  /** @param line - the line in at most so many columns */
  constructor(terminal: Terminal, line: (columns: number) => string) {
    this.#terminal = terminal
    this.#line = line
    terminal.on('resize', this.#onResize)
    this.redraw()
  }

  /** There may be something new to show. */
  refresh(): void {
    if (performance.now() - this.#drawn >= EVERY) this.redraw()
  }

  /** There is something new that is not to wait. */
  redraw(): void {
    this.#drawn = performance.now()
    // A line of all columns leaves the cursor of some terminals in the next one
    const line = this.#line((this.#terminal.columns || USUAL_COLUMNS) - 1)
    this.#terminal.write(`\r${ERASE_BELOW}${NO_WRAP}${line}${WRAP}\r`)
  }

  /** A line that stays, above. */
  note(text: string): void {
    this.#terminal.write(`\r${ERASE_BELOW}${text}\n`)
    this.redraw()
  }

  /** Leaves the line as it is last. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#terminal.off('resize', this.#onResize)
    this.redraw()
    this.#terminal.write('\n')
  }
}
