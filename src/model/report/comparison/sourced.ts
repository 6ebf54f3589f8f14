import { escape } from '../markup.ts'
import { NO_NUMBER } from '../numbers.ts'

/** Names of the members of objects and positions in arrays, from the outermost in. */
export type JsonPath = readonly (string | number)[]

/**
 * The only way of a number into the page: from a file, with the place where it stands (a JSON pointer, RFC 6901) beside it.
 * What is shown is marked up as `<data value="..." data-from="file#/pointer">`.
 */
export class Sourced {
  readonly #files: { readonly [name: string]: unknown }

  constructor(files: { readonly [name: string]: unknown }) {
    this.#files = files
  }

  /** A number as people read it; a dash where the file says null. */
  number(file: string, path: JsonPath, format: (n: number) => string): string {
    const value = this.#at(file, path)
    if (value === null) return NO_NUMBER
    if (typeof value !== 'number') throw new TypeError(`${placeOf(file, path)} is no number`)
    const place = escape(placeOf(file, path))
    return `<data value="${value}" data-from="${place}" title="${place}">${escape(format(value))}</data>`
  }

  /** A text, or anything else as JSON. */
  text(file: string, path: JsonPath): string {
    const value = this.#at(file, path)
    const place = escape(placeOf(file, path))
    const shown = typeof value === 'string' ? value : JSON.stringify(value)
    return `<span data-from="${place}" title="${place}">${escape(shown)}</span>`
  }

  #at(file: string, path: JsonPath): unknown {
    let value = this.#files[file]
    for (const key of path) value = (value as { readonly [key: string]: unknown } | undefined)?.[key]
    if (value === undefined) throw new RangeError(`${placeOf(file, path)} does not exist`)
    return value
  }
}

function placeOf(file: string, path: JsonPath): string {
  const tokens = path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return `${file}#${tokens.join('')}`
}
