/** The caller is wrong: thrown before the right-hand side is called for the first time. */
export class IvpInputError extends Error {
  override readonly name = 'IvpInputError'
  readonly _tag = 'IvpInputError'
  /** Name of the option or argument. */
  readonly option: string
  /** What came, in words. */
  readonly received: string
  /** What to write instead, in words. */
  readonly expected: string

  constructor(option: string, received: unknown, expected: string) {
    const seen = describe(received)
    super(`\`${option}\` ${expected}; received ${seen}.`)
    this.option = option
    this.received = seen
    this.expected = expected
  }
}

/** Longest excerpt of a value in a message. */
const EXCERPT = 80

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${excerptOf(value)}'`
  if (typeof value === 'function') return `a function${value.name ? ` (${value.name})` : ''}`
  if (value === null || typeof value !== 'object') return String(value)
  // Members of data may be called `constructor` too
  const name: unknown = value.constructor?.name
  const type = typeof name === 'string' ? name : 'Object'
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const list = Array.from(value as ArrayLike<unknown>)
    return `${type}(${list.length}) ${excerptOf(textOf(list))}`
  }
  return `an object of type ${type}`
}

function textOf(list: ReadonlyArray<unknown>): string {
  const isNested = list.some((item) => typeof item === 'object' && item !== null)
  try {
    return isNested ? JSON.stringify(list) : `[${list.join(', ')}]`
  } catch {
    // Circular, nested beyond the stack, or with values that have no text
    return '[...]'
  }
}

function excerptOf(text: string): string {
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}...` : text
}
