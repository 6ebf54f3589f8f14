import { EventEmitter } from 'node:events'

const ESCAPE = '\u001B'

/** An escape sequence, or a character. */
const TOKEN = new RegExp(String.raw`${ESCAPE}\[\??\d*[A-Za-z]|[^]`, 'gu')

/**
 * A terminal that breaks its lines anew when its width changes, as most do: the cursor stays at its letter.
 * Understands what the status line writes: letters, carriage return, line feed, erase below, wrapping on and off.
 */
export class ReflowingTerminal extends EventEmitter {
  columns: number
  /** Each may take several rows. */
  readonly #lines: string[] = ['']
  #at = 0
  /** Where the row begins in which the cursor was put last. */
  #row = 0
  #wraps = true

  constructor(columns: number) {
    super()
    this.columns = columns
  }

  write(text: string): boolean {
    for (const [token] of text.matchAll(TOKEN)) this.#take(token)
    return true
  }

  /** @param isTold - whether the program hears of it at once */
  resize(columns: number, isTold = true): void {
    this.columns = columns
    if (isTold) this.emit('resize')
  }

  /** What a person sees, row by row. */
  rows(): string[] {
    return this.#lines.flatMap((line) => {
      const count = Math.max(1, Math.ceil(line.length / this.columns))
      return Array.from({ length: count }, (_, row) =>
        line.slice(row * this.columns, (row + 1) * this.columns),
      )
    })
  }

  #take(token: string): void {
    const line = this.#lines.at(-1)!
    if (token === '\r') this.#at = this.#row = this.#at - (this.#at % this.columns)
    else if (token === '\n') {
      this.#lines.push('')
      this.#at = this.#row = 0
    } else if (token === '\u001B[J') this.#lines[this.#lines.length - 1] = line.slice(0, this.#at)
    else if (token === '\u001B[?7l') this.#wraps = false
    else if (token === '\u001B[?7h') this.#wraps = true
    else if (token.length === 1) {
      const edge = this.#row + this.columns
      const at = !this.#wraps && this.#at >= edge ? edge - 1 : this.#at
      this.#lines[this.#lines.length - 1] = line.slice(0, at) + token + line.slice(at + 1)
      this.#at = at + 1
    } else throw new Error(`not understood: ${JSON.stringify(token)}`)
  }
}
