/** What the segments of a backward solve noticed, each thing once. */
export class BackwardWarnings {
  /** By the text without its numbers, which differ from segment to segment where the warning does not. */
  readonly #byKind = new Map<string, string>()

  add(text: string): void {
    const kind = text.replaceAll(/\d[\d.e+-]*/g, '#')
    if (!this.#byKind.has(kind)) this.#byKind.set(kind, text)
  }

  /** What a solve noticed of its tolerances and steps, said of the backward one. */
  addOfSolve(text: string): void {
    this.add(text.replaceAll(/`(atol|rtol|maxStep|firstStep|step|method|controller)`/g, '`backward.$1`'))
  }

  get all(): string[] {
    return [...this.#byKind.values()]
  }
}
