// The SIMD kernels in WebAssembly's text form, for both element types and every number of terms that is worth its own loop.
//
// A row of a tableau lies in memory as 15 addresses of entries of the vector table (i32; the table says where each k is now), the number of its
// terms (i32), then its weights (f64). `combine` and `norm` choose the loop for that number: JavaScript makes one call, which its compiler can
// put in line. Sums run from left to right in the element type, with h multiplied into the weights first.

/** Terms of `combine`: DOP853's longest row has 12. */
const TERMS = Array.from({ length: 12 }, (_, i) => i + 1)
/** Terms of the error norm: any one vector, RK23, RK45, DOP853. */
const NORM_TERMS = [1, 4, 6, 8]
/** Byte offsets in a row. */
const SIZE = 60
const WEIGHTS = 64

const list = (m, of) => Array.from({ length: m }, (_, j) => of(j)).join('\n')
const get = (name) => `(local.get $${name})`
const set = (name, value) => `(local.set $${name} ${value})`

const TYPES = {
  f64: { vec: 'f64x2', splat: (w) => `(f64x2.splat ${w})` },
  f32: { vec: 'f32x4', splat: (w) => `(f32x4.splat (f32.demote_f64 ${w}))` },
}

/** Declares and fills the pointers p and weights w of a row. */
const rowLocals = (m) => list(m, (j) => `(local $p${j} i32) (local $w${j} v128)`)
const loadRow = (m, { splat }, from = '') =>
  list(m, (j) => {
    const p = `(i32.load (i32.load offset=${4 * j} ${get('row')}))`
    return (
      set(`p${j}`, from === '' ? p : `(i32.add ${p} ${get(from)})`) +
      set(`w${j}`, splat(`(f64.mul ${get('h')} (f64.load offset=${WEIGHTS + 8 * j} ${get('row')}))`))
    )
  })
const move = (names, bytes) => names.map((p) => set(p, `(i32.add ${get(p)} (i32.const ${bytes}))`)).join('\n')

/** w0 k0 + w1 k1 + ... of one vector register, read with `load`. */
const sum = (m, { vec }, load) =>
  Array.from({ length: m }, (_, j) => `(${vec}.mul ${get(`w${j}`)} ${load(`p${j}`)})`).reduce(
    (s, term) => `(${vec}.add ${s} ${term})`,
  )

/** out = y + h w . k over `bytes`, a multiple of 16, for m terms. */
function combine(name, m) {
  const type = TYPES[name]
  const pointers = ['out', 'y', ...Array.from({ length: m }, (_, j) => `p${j}`)]
  const registers = 4
  const block = (v) => {
    const load = (p) => `(v128.load offset=${16 * v} ${get(p)})`
    return `(v128.store offset=${16 * v} ${get('out')} (${type.vec}.add ${load('y')} ${sum(m, type, load)}))`
  }
  return `${loadRow(m, type)}
    ${set('end', `(i32.add ${get('out')} ${get('bytes')})`)}
    (if (i32.ge_s ${get('bytes')} (i32.const ${16 * registers})) (then
      ${set('end', `(i32.sub ${get('end')} (i32.const ${16 * registers}))`)}
      (loop $blocks
        ${list(registers, block)}
        ${move(pointers, 16 * registers)}
        (br_if $blocks (i32.le_u ${get('out')} ${get('end')})))
      ${set('end', `(i32.add ${get('end')} (i32.const ${16 * registers}))`)}))
    (if (i32.lt_u ${get('out')} ${get('end')}) (then
      (loop $rest
        ${block(0)}
        ${move(pointers, 16)}
        (br_if $rest (i32.lt_u ${get('out')} ${get('end')})))))
    (return)`
}

/**
 * Sum of squares of h w . k over its tolerance, for m terms and `count` components from byte `from` on. Quotients and squares are float64; component i goes to lane i mod 4 of the accumulators (a0, a1).
 * isVector: rtol and atol are addresses of float64 vectors.
 */
function norm(name, m, isVector) {
  const type = TYPES[name]
  const { vec } = type
  const size = name === 'f64' ? 8 : 4
  const pointers = ['y', 'yNew', ...Array.from({ length: m }, (_, j) => `p${j}`)]
  const tolerance = (of, at) => (isVector ? `(v128.load offset=${at} ${get(of)})` : get(`${of}s`))
  /** The two quotients of the sums s and the magnitudes g, both f64x2; `at`: byte offset in the tolerance vectors. */
  const quotients = (s, g, at) =>
    `(f64x2.div ${s} (f64x2.add ${tolerance('atol', at)} (f64x2.mul ${tolerance('rtol', at)} ${g})))`
  const magnitude = (load) => `(${vec}.pmax (${vec}.abs ${load('yNew')}) (${vec}.abs ${load('y')}))`
  const square = (a) => set(a, `(f64x2.add ${get(a)} (f64x2.mul ${get('e')} ${get('e')}))`)
  const high = (v) => `(i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 ${v} ${v})`
  const promote = (v) => `(f64x2.promote_low_f32x4 ${v})`
  /** Two components (in f64 lanes) into e, read with `load`, without touching memory behind them. */
  const pair = (load) =>
    name === 'f64'
      ? set('e', quotients(sum(m, type, load), magnitude(load), 0))
      : set('e', quotients(promote(sum(m, type, load)), promote(magnitude(load)), 0))
  const four =
    name === 'f64'
      ? [0, 1]
          .map((v) => {
            const load = (p) => `(v128.load offset=${16 * v} ${get(p)})`
            return set('e', quotients(sum(m, type, load), magnitude(load), 16 * v)) + square(`a${v}`)
          })
          .join('\n')
      : (() => {
          const load = (p) => `(v128.load ${get(p)})`
          return `${set('s', sum(m, type, load))} ${set('g', magnitude(load))}
            ${set('e', quotients(promote(get('s')), promote(get('g')), 0))} ${square('a0')}
            ${set('e', quotients(promote(high(get('s'))), promote(high(get('g'))), 16))} ${square('a1')}`
        })()
  const tolerances = isVector ? ['rtol', 'atol'] : []
  const two = (p) => (name === 'f64' ? `(v128.load ${get(p)})` : `(v128.load64_zero ${get(p)})`)
  const one = (p) => (name === 'f64' ? `(v128.load64_zero ${get(p)})` : `(v128.load32_zero ${get(p)})`)
  const last = (a) =>
    set(
      a,
      `(f64x2.replace_lane 0 ${get(a)} (f64.add (f64x2.extract_lane 0 ${get(a)}) (f64x2.extract_lane 0 (f64x2.mul ${get('e')} ${get('e')}))))`,
    )
  return `${loadRow(m, type, 'from')}
    ${set('y', `(i32.add ${get('y')} ${get('from')})`)} ${set('yNew', `(i32.add ${get('yNew')} ${get('from')})`)}
    ${isVector ? '' : set('rtols', `(f64x2.splat ${get('rtol')})`) + set('atols', `(f64x2.splat ${get('atol')})`)}
    ${set('blocks', `(i32.shr_u ${get('count')} (i32.const 2))`)}
    (if ${get('blocks')} (then
      (loop $fours
        ${four}
        ${move(pointers, 4 * size)} ${move(tolerances, 32)}
        (br_if $fours (local.tee $blocks (i32.sub ${get('blocks')} (i32.const 1)))))))
    (if (i32.and ${get('count')} (i32.const 2)) (then
      ${pair(two)} ${square('a0')}
      ${move(pointers, 2 * size)} ${move(tolerances, 16)}))
    (if (i32.and ${get('count')} (i32.const 1)) (then
      ${pair(one)}
      (if (i32.and ${get('count')} (i32.const 2)) (then ${last('a1')}) (else ${last('a0')}))))
    ${set('a0', `(f64x2.add ${get('a0')} ${get('a1')})`)}
    (return (f64.add (f64x2.extract_lane 0 ${get('a0')}) (f64x2.extract_lane 1 ${get('a0')})))`
}

/** zero(v, bytes): 0 if every component is finite, else NaN. */
function zero(name) {
  const { vec } = TYPES[name]
  const zeros = `(v128.const i64x2 0 0)`
  return `(func (export "${name}_zero") (param $v i32) (param $bytes i32) (result f64)
    (local $end i32) (local $a v128)
    ${set('end', `(i32.add ${get('v')} ${get('bytes')})`)}
    (loop $next
      ${set('a', `(${vec}.add ${get('a')} (${vec}.mul ${zeros} (v128.load ${get('v')})))`)}
      ${move(['v'], 16)}
      (br_if $next (i32.lt_u ${get('v')} ${get('end')})))
    ${
      name === 'f64'
        ? `(f64.add (f64x2.extract_lane 0 ${get('a')}) (f64x2.extract_lane 1 ${get('a')}))`
        : `(f64.promote_f32 (f32.add (f32.add (f32x4.extract_lane 0 ${get('a')}) (f32x4.extract_lane 1 ${get('a')})) (f32.add (f32x4.extract_lane 2 ${get('a')}) (f32x4.extract_lane 3 ${get('a')}))))`
    })`
}

/** Goes to the loop for the row's number of terms. @param cases - [number, code that returns] */
function dispatch(cases, otherwise) {
  const most = Math.max(...cases.map(([m]) => m))
  const labels = Array.from({ length: most + 1 }, (_, m) =>
    cases.some(([c]) => c === m) ? `$m${m}` : '$other',
  )
  const open = ['$other', ...cases.map(([m]) => `$m${m}`)]
  const bodies = cases.map(([, code]) => `) ${code}`).reverse()
  return `${open.map((label) => `(block ${label}`).join(' ')}
    (br_table ${labels.join(' ')} $other (i32.load offset=${SIZE} ${get('row')}))
    ${bodies.join('\n')}
    ) ${otherwise}`
}

/** combine(out, y, h, row, bytes) */
function anyCombine(name) {
  const cases = TERMS.map((m) => [m, combine(name, m)])
  return `(func (export "${name}_combine") (param $out i32) (param $y i32) (param $h f64) (param $row i32) (param $bytes i32)
    (local $end i32) ${rowLocals(Math.max(...TERMS))}
    ${dispatch(cases, `(memory.copy ${get('out')} ${get('y')} ${get('bytes')})`)})`
}

/** norm(y, yNew, h, row, from, count, rtol, atol), for the numbers of terms that have one. */
function anyNorm(name, isVector) {
  const kind = isVector ? 'i32' : 'f64'
  const cases = NORM_TERMS.map((m) => [m, norm(name, m, isVector)])
  return `(func (export "${name}_norm${isVector ? 'v' : ''}")
      (param $y i32) (param $yNew i32) (param $h f64) (param $row i32) (param $from i32) (param $count i32) (param $rtol ${kind}) (param $atol ${kind})
      (result f64)
    (local $blocks i32) (local $e v128) (local $s v128) (local $g v128) (local $a0 v128) (local $a1 v128) (local $rtols v128) (local $atols v128)
    ${rowLocals(Math.max(...NORM_TERMS))}
    ${dispatch(cases, '(unreachable)')})`
}

/** The whole module; it imports its memory as "e" "m". */
export function toWat() {
  const kernels = Object.keys(TYPES).flatMap((name) => [
    anyCombine(name),
    anyNorm(name, false),
    anyNorm(name, true),
    zero(name),
  ])
  return `(module (import "e" "m" (memory 1)) ${kernels.join('\n')})`
}
