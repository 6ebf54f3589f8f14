import fc from 'fast-check'
import type { Snapshot } from '../../src/index.ts'

type Path = ReadonlyArray<string>
type Members = Record<string, unknown>

/** Numbers from 0 to 1 that choose a place and what happens there. */
interface Choice {
  readonly where: number
  readonly other: number
  readonly what: number
}

/** What may befall a snapshot between two parts of a solve. Each works on a copy, which it returns or changes. */
const CORRUPTIONS: Readonly<
  Record<string, (snapshot: Members, choice: Choice, elsewhere: Members) => unknown>
> = {
  'a letter of an array'(snapshot, choice) {
    const path = pick(
      pathsIn(snapshot).filter((at) => at.at(-1)!.startsWith('$')),
      choice.where,
    )
    put(snapshot, path, otherLetter(valueAt(snapshot, path) as string, choice))
  },
  'a letter of the text': (snapshot, choice) => parsed(otherLetter(JSON.stringify(snapshot), choice)),
  'a number'(snapshot, choice) {
    const path = pick(
      pathsIn(snapshot).filter((at) => typeof valueAt(snapshot, at) === 'number'),
      choice.where,
    )
    put(snapshot, path, otherNumber(valueAt(snapshot, path) as number, choice))
  },
  'a member left out'(snapshot, { where }) {
    const path = pick(pathsIn(snapshot), where)
    delete (valueAt(snapshot, path.slice(0, -1)) as Members)[path.at(-1)!]
  },
  'a member renamed'(snapshot, { where, what }) {
    const path = pick(pathsIn(snapshot), where)
    const parent = valueAt(snapshot, path.slice(0, -1)) as Members
    const value = parent[path.at(-1)!]
    delete parent[path.at(-1)!]
    own(parent, pick([`${path.at(-1)}_`, 'x', '$f64', '__proto__', 'constructor', '0'], what), value)
  },
  'a member added'(snapshot, { where, other, what }) {
    const objects = pathsIn(snapshot).filter((at) => isObject(valueAt(snapshot, at)))
    const parent = valueAt(snapshot, pick([[], ...objects], where)) as Members
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'valueOf',
      'toJSON',
      'then',
      '$f64',
      '0',
      '',
    ]
    own(parent, pick(names, what), pick([null, 1, 'x', {}, { name: {} }, { format: 1 }, []], other))
  },
  'a prototype'(snapshot, { where, what }) {
    const objects = pathsIn(snapshot).filter((at) => isObject(valueAt(snapshot, at)))
    const parent = valueAt(snapshot, pick([[], ...objects], where)) as Members
    Object.setPrototypeOf(
      parent,
      pick([null, { state: null, events: 1 }, { t: 0, tOld: 0 }, []], what) as object,
    )
  },
  'two values swapped'(snapshot, { where, other }) {
    const [p, q] = [pick(pathsIn(snapshot), where), pick(pathsIn(snapshot), other)]
    if (startsWith(p, q) || startsWith(q, p)) return
    const [a, b] = [valueAt(snapshot, p), valueAt(snapshot, q)]
    put(snapshot, p, b)
    put(snapshot, q, a)
  },
  'a part of another snapshot'(snapshot, { where }, elsewhere) {
    const path = pick(
      pathsIn(snapshot).filter((at) => valueAt(elsewhere, at) !== undefined),
      where,
    )
    put(snapshot, path, valueAt(elsewhere, path))
  },
  'a list changed'(snapshot, { where, what }) {
    const lists = pathsIn(snapshot).filter((at) => Array.isArray(valueAt(snapshot, at)))
    const list = valueAt(snapshot, pick(lists, where)) as unknown[]
    pick([() => list.pop(), () => list.push(list[0]), () => list.reverse(), () => list.splice(0)], what)()
  },
  'the text cut off'(snapshot, { where }) {
    const text = JSON.stringify(snapshot)
    return parsed(text.slice(0, Math.floor(where * text.length)))
  },
  'another kind of value'(snapshot, { where, what }) {
    put(snapshot, pick([[], ...pathsIn(snapshot)], where), pick(OTHERS, what))
    return snapshot['root'] ?? snapshot
  },
  'another whole': (_, { what }) => pick(OTHERS, what),
}

const OTHERS: ReadonlyArray<unknown> = [
  null,
  undefined,
  true,
  0,
  -1,
  1e300,
  NaN,
  '',
  'text',
  10n,
  Symbol('s'),
  [],
  {},
  [null],
  { $f64: '' },
  { $f64: 'AAAA' },
  { $f64: '!' },
  { $f64: 5 },
  { $number: 'x' },
  { $i8: '' },
  { length: 1e9 },
  () => 1,
  new Date(0),
  JSON.parse(`${'['.repeat(2e4)}${']'.repeat(2e4)}`),
]

/** A corruption by its name and the choices that it makes. */
export const corruption: fc.Arbitrary<{ readonly name: string; readonly choice: Choice }> = fc.record({
  name: fc.constantFrom(...Object.keys(CORRUPTIONS)),
  choice: fc.record({ where: unit(), other: unit(), what: unit() }),
})

/** @param elsewhere - another snapshot, to mix with */
export function corrupted(
  snapshot: Snapshot,
  { name, choice }: { readonly name: string; readonly choice: Choice },
  elsewhere: Snapshot,
): unknown {
  const copy = structuredClone(snapshot) as unknown as Members
  return CORRUPTIONS[name]!(copy, choice, structuredClone(elsewhere) as unknown as Members) ?? copy
}

function unit(): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min: 0, max: 2 ** 30 - 1 })).map((value) => value / 2 ** 30)
}

function pick<T>(list: ReadonlyArray<T>, where: number): T {
  return list[Math.floor(where * list.length)]!
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

/** Of every member, at any depth. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (!isObject(value)) return []
  return Object.keys(value).flatMap((key) => [[...path, key], ...pathsIn(value[key], [...path, key])])
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, i) => path[i] === key)
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), root)
}

function put(root: Members, path: Path, value: unknown): void {
  const key = path.at(-1) ?? 'root'
  own(valueAt(root, path.slice(0, -1)) as Members, key, value)
}

/** Also for `__proto__`, as JSON.parse makes it. */
function own(parent: Members, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, writable: true, configurable: true })
}

/** Text that is no JSON any more is left as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function otherLetter(text: string, { where, other, what }: Choice): string {
  const at = Math.floor(where * text.length)
  const letter = pick([...'AZaz09+/=-_ "{}[],:.e\\\u0000\u{1f600}é'], other)
  return text.slice(0, at) + letter + text.slice(at + (what < 0.5 ? 1 : what < 0.75 ? 0 : 2))
}

function otherNumber(value: number, { what, other }: Choice): number {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)
  bits[0]! ^= 1n << BigInt(Math.floor(other * 64))
  const flipped = new Float64Array(bits.buffer)[0]!
  return pick([flipped, flipped, -value, value + 1, value * 1e6, value * 1e-300, Infinity, NaN, 0], what)
}
