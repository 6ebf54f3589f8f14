/** What asks a command to stop, and its number, of which the exit code is made. */
const NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

type StopSignal = keyof typeof NUMBERS

/** How shells name the end of a program by a signal. */
const exitCodeOf = (name: StopSignal): number => 128 + NUMBERS[name]

const SHOW_CURSOR = '\u001B[?25h'

/**
 * Listens to Ctrl-C, to SIGTERM and to the terminal's end: the first of them asks the command to stop by itself, the second ends it at once. Nothing is heard while a computation
 * blocks this thread, so a command that can be stopped computes in another one.
 */
export class StopSignals {
  readonly #stop = new AbortController()
  readonly #listeners: ReadonlyMap<StopSignal, () => void>
  #exitCode = 0

  constructor() {
    const names = Object.keys(NUMBERS) as StopSignal[]
    this.#listeners = new Map(names.map((name) => [name, () => this.#heard(name)]))
    for (const [name, listener] of this.#listeners) process.on(name, listener)
  }

  /** Aborted once the command is to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** That of a command which stopped for the first of them. */
  get exitCode(): number {
    return this.#exitCode
  }

  /** Gives the signals back to whoever had them. */
  close(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener)
  }

  #heard(name: StopSignal): void {
    if (!this.#stop.signal.aborted) {
      this.#exitCode = exitCodeOf(name)
      this.#stop.abort()
      return
    }
    if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR)
    process.exit(exitCodeOf(name))
  }
}
