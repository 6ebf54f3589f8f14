// Writes out the LU factorization and solution for a few components: the operations of denseLu.ts and denseComplexLu.ts in their order,
// every entry a local variable.

/** Sizes that are worth their text: bench/lu.ts. */
export const SMALL = [2, 3]

const range = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
const lines = (list) => list.flat(Infinity).join('\n    ')

/** One entry: its local variables and the operations on them, real or complex. */
const REAL = {
  parts: ['a'],
  load: (at, i, j, n) => [`let a${i}${j} = beta * values[${j * n + i}]!${i === j ? ' + alpha' : ''}`],
  size: (i, j) => `Math.abs(a${i}${j})`,
  invert: (k) => [
    `const d${k} = 1 / a${k}${k}`,
    `if (!(Math.abs(d${k}) > 0 && Math.abs(d${k}) < Infinity)) return false`,
  ],
  check: (k) => REAL.invert(k),
  scale: (i, k) => [`a${i}${k} = a${i}${k} * d${k}`],
  isZero: (k, j) => `a${k}${j} === 0`,
  eliminate: (i, j, k) => [`a${i}${j} = a${i}${j} - a${i}${k} * a${k}${j}`],
  unknowns: ['x'],
  divide: (k, n) => [`x${k} = x${k} / lu[${k * n + k}]!`],
  subtract: (i, k, n) => [`x${i} = x${i} - lu[${k * n + i}]! * x${k}`],
}
const COMPLEX = {
  parts: ['a', 'b'],
  load: (at, i, j, n) => [
    `let a${i}${j} = beta * values[${j * n + i}]!${i === j ? ' + alphaRe' : ''}`,
    `let b${i}${j} = ${i === j ? 'alphaIm' : '0'}`,
  ],
  size: (i, j) => `Math.abs(a${i}${j}) + Math.abs(b${i}${j})`,
  invert: (k) => [
    `const square${k} = a${k}${k} * a${k}${k} + b${k}${k} * b${k}${k}`,
    `if (!(square${k} > 0 && square${k} < Infinity)) return false`,
    `const d${k} = a${k}${k} / square${k}, e${k} = -b${k}${k} / square${k}`,
  ],
  check: (k) => COMPLEX.invert(k).slice(0, 2),
  scale: (i, k) => [
    `const v${i}${k} = a${i}${k}, w${i}${k} = b${i}${k}`,
    `a${i}${k} = v${i}${k} * d${k} - w${i}${k} * e${k}`,
    `b${i}${k} = v${i}${k} * e${k} + w${i}${k} * d${k}`,
  ],
  isZero: (k, j) => `a${k}${j} === 0 && b${k}${j} === 0`,
  eliminate: (i, j, k) => [
    `a${i}${j} = a${i}${j} - (a${i}${k} * a${k}${j} - b${i}${k} * b${k}${j})`,
    `b${i}${j} = b${i}${j} - (a${i}${k} * b${k}${j} + b${i}${k} * a${k}${j})`,
  ],
  unknowns: ['x', 'z'],
  divide: (k, n) => [
    `const d${k} = lu[${k * n + k}]!, e${k} = lu[${n * n + k * n + k}]!, v${k} = x${k}, w${k} = z${k}`,
    `const square${k} = d${k} * d${k} + e${k} * e${k}`,
    `x${k} = (v${k} * d${k} + w${k} * e${k}) / square${k}`,
    `z${k} = (w${k} * d${k} - v${k} * e${k}) / square${k}`,
  ],
  subtract: (i, k, n) => {
    const [l, m] = [`lu[${k * n + i}]!`, `lu[${n * n + k * n + i}]!`]
    return [`x${i} = x${i} - (${l} * x${k} - ${m} * z${k})`, `z${i} = z${i} - (${l} * z${k} + ${m} * x${k})`]
  },
}

const swap = (a, b) => `t = ${a}; ${a} = ${b}; ${b} = t`

function factor(n, of) {
  const all = range(0, n).flatMap((j) => range(0, n).map((i) => [i, j]))
  const steps = range(0, n).map((k) => {
    const isLast = k === n - 1
    const search = [
      `p = ${k}`,
      `largest = ${of.size(k, k)}`,
      range(k + 1, n).map((i) => [
        `size = ${of.size(i, k)}`,
        `if (!(size <= largest)) { p = ${i}; largest = size }`,
      ]),
      range(k + 1, n).map(
        (i) =>
          `if (p === ${i}) { ${range(k, n)
            .flatMap((j) => of.parts.map((a) => swap(`${a}${k}${j}`, `${a}${i}${j}`)))
            .join('; ')} }`,
      ),
      `rows[${k}] = p`,
    ]
    const below = range(k + 1, n)
    return [
      isLast ? [] : search,
      isLast ? of.check(k) : of.invert(k),
      below.map((i) => of.scale(i, k)),
      range(k + 1, n).map((j) => [
        `if (!(${of.isZero(k, j)})) {`,
        below.map((i) => of.eliminate(i, j, k)),
        '}',
      ]),
    ]
  })
  const keep = of.parts.flatMap((a, part) =>
    all.map(([i, j]) => `lu[${part * n * n + j * n + i}] = ${a}${i}${j}`),
  )
  return lines([
    'const lu = this.lu',
    'const rows = this.rows',
    all.map(([i, j]) => of.load(null, i, j, n)),
    'let p = 0, largest = 0, size = 0, t = 0',
    steps,
    keep,
    'return true',
  ])
}

function solve(n, of, starts) {
  const eachUnknown = (i, f) => of.unknowns.map((x, part) => f(`${x}${i}`, `v[${starts[part]} + ${i}]`))
  return lines([
    'const lu = this.lu',
    'const rows = this.rows',
    range(0, n).map((i) => eachUnknown(i, (x, v) => `let ${x} = ${v}!`)),
    'let p = 0, t = 0',
    range(0, n - 1).map((k) => [
      `p = rows[${k}]!`,
      range(k + 1, n).map(
        (i) => `if (p === ${i}) { ${of.unknowns.map((x) => swap(`${x}${k}`, `${x}${i}`)).join('; ')} }`,
      ),
      range(k + 1, n).map((i) => of.subtract(i, k, n)),
    ]),
    range(0, n)
      .reverse()
      .map((k) => [of.divide(k, n), range(0, k).map((i) => of.subtract(i, k, n))]),
    range(0, n).map((i) => eachUnknown(i, (x, v) => `${v} = ${x}`)),
  ])
}

const classOf = (n, isComplex) => {
  const of = isComplex ? COMPLEX : REAL
  const name = isComplex ? `ComplexLu${n}` : `Lu${n}`
  const face = isComplex ? 'ComplexShiftedSystem' : 'ShiftedSystem'
  const alpha = isComplex ? 're: alphaRe, im: alphaIm' : 're: alpha'
  const places = isComplex ? 're: number, im: number' : 'at: number'
  return `
// prettier-ignore
export class ${name} implements ${face}<DenseMatrix> {
  declare private readonly lu: Float64Array
  declare private readonly rows: Int32Array

  constructor() {
    this.lu = new Float64Array(${n * n * of.parts.length})
    this.rows = new Int32Array(${n})
  }

  factor({ values }: DenseMatrix, { ${alpha}, beta }: Shift): boolean {
    ${factor(n, of)}
  }

  solve(v: Float64Array, ${places}): void {
    ${solve(n, of, isComplex ? ['re', 'im'] : ['at'])}
  }

  release(): void {}
}
`
}

/** The module with the real or the complex ones. */
export function toSmallLu(isComplex) {
  const [plain, face] = isComplex ? ['DenseComplexLu', 'ComplexShiftedSystem'] : ['DenseLu', 'ShiftedSystem']
  return `/**
 * ${plain} written out for ${SMALL.join(' and ')} components, with equal bits: there, loops and array accesses cost more than the arithmetic.
 * Generated by \`node tools/generateLu.mjs\`: do not edit.
 */
import type { DenseMatrix } from './jacobianMatrix.ts'
import type { Shift } from './shift.ts'
import type { ${face} } from './shiftedSystem.ts'
${SMALL.map((n) => classOf(n, isComplex)).join('')}`
}
