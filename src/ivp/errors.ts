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
/** Arrays within arrays are shown this deep; deeper ones, and those that hold themselves, as their type. */
const DEPTH = 2

/** What came, in words. Never throws, whatever came, and looks at no more of it than an excerpt shows. */
export function describe(value: unknown): string {
  try {
    if (isList(value)) return `${typeName(value)}(${value.length}) ${listed(value, DEPTH)}`
    if (typeof value === 'object' && value !== null) return `an object of type ${typeName(value)}`
    return shown(value, 0)
  } catch {
    // A getter or a proxy that throws
    return 'a value that cannot be shown'
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

function typeName(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? cut(name) : 'Object'
}

function shown(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `'${cut(value)}'`
    case 'bigint':
      return `${cut(String(value))}n, a BigInt`
    case 'symbol':
      return cut(String(value))
    case 'function':
      return `a function${typeof value.name === 'string' && value.name !== '' ? ` (${cut(value.name)})` : ''}`
    case 'object':
      if (value === null) return 'null'
      return depth > 0 && isList(value) ? listed(value, depth) : `{${typeName(value)}}`
    default:
      return String(value)
  }
}

/** The entries as far as an excerpt goes; `empty` where a sparse array has none. */
function listed(list: ArrayLike<unknown>, depth: number): string {
  let text = ''
  for (let i = 0; i < list.length; i++) {
    if (text.length > EXCERPT) return `[${text.slice(0, EXCERPT)}...`
    text += `${i === 0 ? '' : ', '}${i in list ? shown(list[i], depth - 1) : 'empty'}`
  }
  return text.length > EXCERPT ? `[${text.slice(0, EXCERPT)}...` : `[${text}]`
}

function cut(text: string): string {
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}...` : text
}
