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

/** A value in words, for messages. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return `a function${value.name ? ` (${value.name})` : ''}`
  if (value === null || typeof value !== 'object') return String(value)
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const list = Array.from(value as ArrayLike<unknown>)
    const nested = list.some((item) => typeof item === 'object' && item !== null)
    const name = value.constructor.name
    const text = nested ? JSON.stringify(list) : `[${list.join(', ')}]`
    return `${name}(${list.length}) ${text.length > EXCERPT ? `${text.slice(0, EXCERPT)}...` : text}`
  }
  return `an object of type ${value.constructor?.name ?? 'Object'}`
}
