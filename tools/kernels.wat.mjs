// The SIMD kernels in WebAssembly's text form, for both element types and every number of terms that is worth its own loop.
//
// Everything that does not change from step to step lies in memory, so that JavaScript's calls carry two numbers and are put in line: `row` is
// the address of a record (layout: src/ivp/space/rowRecord.ts) that names the vectors by their entries in a table of addresses; h is the step.
// Sums run from left to right in the element type, with h multiplied into the weights first.
//
// States of up to four components have no loop, and read the row's last vector one component at a time: the right-hand side has just stored it
// like that, and a wide load of narrow stores that are still on their way to the cache waits for them.

/** Terms of `combine`: DOP853's longest row has 12. */
const TERMS = Array.from({ length: 12 }, (_, i) => i + 1)
/** Terms of the error norm: any one vector, RK23, RK45, DOP853, longer ones. */
const NORM_TERMS = [1, 4, 6, 8, 12]
/** Components of a state without a loop. */
const FEW = 4
/** Added to the number of terms, to choose the code. */
const IS_FEW = 16
const HAS_VECTOR_TOLERANCE = 32

/** Byte offsets in a record. */
const Y = 4
const CODE = 8
const LENGTH = 12
const ENTRIES = 16
const WEIGHTS = 64
/** Of a combination; a norm has its first byte there. */
const CLEARED = 160
const FROM = 160
const NEXT = 164
const ROOT = 168
const RTOL = 176
const ATOL = 184

const list = (m, of) => Array.from({ length: m }, (_, j) => of(j)).join('\n')
const get = (name) => `(local.get $${name})`
const set = (name, value) => `(local.set $${name} ${value})`
const field = (type, offset) => `(${type}.load offset=${offset} ${get('row')})`
/** The address of the vector whose entry a record's field names. */
const vector = (offset) => `(i32.load ${field('i32', offset)})`

const TYPES = {
  f64: { size: 8, vec: 'f64x2', demote: (w) => w },
  f32: {
    size: 4,
    vec: 'f32x4',
    demote: (w) => `(f32.demote_f64 ${w})`,
  },
}

/** Fills the pointers p0, p1, ... and the weights w0, w1, ... (registers of equal lanes) of m terms. */
function loadRow(m, { vec, demote }, from = null) {
  return list(m, (j) => {
    const p = vector(ENTRIES + 4 * j)
    const w = demote(`(f64.mul ${get('h')} ${field('f64', WEIGHTS + 8 * j)})`)
    return (
      set(`p${j}`, from === null ? p : `(i32.add ${p} ${get(from)})`) + set(`w${j}`, `(${vec}.splat ${w})`)
    )
  })
}

/** A register of the vector at p, lane by lane. */
function loadLanes(name, p, at) {
  const bits = 8 * TYPES[name].size
  return Array.from({ length: 128 / bits - 1 }, (_, l) => l + 1).reduce(
    (v, lane) => `(v128.load${bits}_lane offset=${at + (lane * bits) / 8} ${lane} ${get(p)} ${v})`,
    `(v128.load${bits}_zero offset=${at} ${get(p)})`,
  )
}

/** How a row of m terms reads its vectors at byte `at`: the last one lane by lane. */
const loadFew = (name, m, at) => (p) =>
  p === `p${m - 1}` ? loadLanes(name, p, at) : `(v128.load offset=${at} ${get(p)})`

const move = (names, bytes) => names.map((p) => set(p, `(i32.add ${get(p)} (i32.const ${bytes}))`)).join('\n')
const pointers = (m) => Array.from({ length: m }, (_, j) => `p${j}`)

/** w0 k0 + w1 k1 + ... of one register, read with `load`. */
const sum = (m, vec, load) =>
  Array.from({ length: m }, (_, j) => `(${vec}.mul ${get(`w${j}`)} ${load(`p${j}`)})`).reduce(
    (s, term) => `(${vec}.add ${s} ${term})`,
  )

/** out = y + h w . k for m terms of up to `FEW` components. */
function combineFew(name, m) {
  const { vec, size } = TYPES[name]
  const each = (r) => {
    const isLast = 16 * (r + 1) >= FEW * size
    return `(v128.store offset=${16 * r} ${get('out')}
        (${vec}.add (v128.load offset=${16 * r} ${get('y')}) ${sum(m, vec, loadFew(name, m, 16 * r))}))
      ${isLast ? '' : `(br_if $done (i32.le_u ${get('bytes')} (i32.const ${16 * (r + 1)})))`}`
  }
  return `${loadRow(m, TYPES[name])} ${list((FEW * size) / 16, each)} (return)`
}

/** The same for any number of whole registers: four at a time, then one by one. */
function combineMany(name, m) {
  const { vec } = TYPES[name]
  const all = ['out', 'y', ...pointers(m)]
  const registers = 4
  const block = (v) => {
    const load = (p) => `(v128.load offset=${16 * v} ${get(p)})`
    return `(v128.store offset=${16 * v} ${get('out')} (${vec}.add ${load('y')} ${sum(m, vec, load)}))`
  }
  return `${loadRow(m, TYPES[name])}
    ${set('end', `(i32.add ${get('out')} ${get('bytes')})`)}
    (if (i32.ge_s ${get('bytes')} (i32.const ${16 * registers})) (then
      ${set('end', `(i32.sub ${get('end')} (i32.const ${16 * registers}))`)}
      (loop $blocks
        ${list(registers, block)}
        ${move(all, 16 * registers)}
        (br_if $blocks (i32.le_u ${get('out')} ${get('end')})))
      ${set('end', `(i32.add ${get('end')} (i32.const ${16 * registers}))`)}))
    (if (i32.lt_u ${get('out')} ${get('end')}) (then
      (loop $rest
        ${block(0)}
        ${move(all, 16)}
        (br_if $rest (i32.lt_u ${get('out')} ${get('end')})))))
    (return)`
}

/** From this length on the engine's own fill is faster than a loop. */
const LONG = 1024

/**
 * Sets the vector whose entry the record names, if there is one, to zero: the derivative that is evaluated next, whose right-hand side may leave
 * entries as they are. Here, and not by a call of its own, which would take longer than the stores.
 */
function clear() {
  return `${set('clear', field('i32', CLEARED))}
    (if ${get('clear')} (then
      ${set('clear', `(i32.load ${get('clear')})`)}
      (if (i32.ge_u ${get('bytes')} (i32.const ${LONG}))
        (then (memory.fill ${get('clear')} (i32.const 0) ${get('bytes')}))
        (else
          ${set('end', `(i32.add ${get('clear')} ${get('bytes')})`)}
          (loop $zeros
            (v128.store ${get('clear')} (v128.const i64x2 0 0))
            ${move(['clear'], 16)}
            (br_if $zeros (i32.lt_u ${get('clear')} ${get('end')})))))))`
}

/** combine(row, h): out = y + h w . k; without terms a copy. The vector to be cleared is none of those. */
function combine(name) {
  const cases = TERMS.flatMap((m) => [
    [m, combineMany(name, m)],
    [m + IS_FEW, combineFew(name, m)],
  ])
  return `(func (export "${name}_combine") (param $row i32) (param $h f64)
    (local $out i32) (local $y i32) (local $bytes i32) (local $end i32) (local $clear i32)
    ${list(Math.max(...TERMS), (j) => `(local $p${j} i32) (local $w${j} v128)`)}
    ${set('out', vector(0))} ${set('y', vector(Y))} ${set('bytes', field('i32', LENGTH))}
    ${clear()}
    (block $done
      ${dispatch(cases, `(memory.copy ${get('out')} ${get('y')} ${get('bytes')})`)}))`
}

const magnitude = (vec, load) => `(${vec}.pmax (${vec}.abs ${load('yNew')}) (${vec}.abs ${load('y')}))`
const promotePair = (name, v) => (name === 'f64' ? v : `(f64x2.promote_low_f32x4 ${v})`)
/** The upper two lanes of four. */
const high = (v) => `(i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 ${v} ${v})`

/** s / t, and NaN where t is infinite, which it is where the state is: an infinite state has no error of 0. */
const inTolerances = (s, t) =>
  `(f64x2.div (f64x2.add ${s} (f64x2.sub (local.tee $t ${t}) ${get('t')})) ${get('t')})`

/** Sum of squares of h w . k over its tolerance (two numbers), for m terms of up to `FEW` components; in the order of `normMany`. */
function normFew(name, m) {
  const { vec } = TYPES[name]
  const tolerances = (g) => `(f64x2.add ${get('atols')} (f64x2.mul ${get('rtols')} ${g}))`
  const promote = (v) => promotePair(name, v)
  /** Components 2 r and 2 r + 1. */
  const pair = (r) => {
    const at = name === 'f64' ? 16 * r : 0
    const load = (p) => `(v128.load offset=${at} ${get(p)})`
    const fill =
      name === 'f64' || r === 0
        ? set('s', sum(m, vec, loadFew(name, m, at))) + set('g', magnitude(vec, load))
        : set('s', high(get('s'))) + set('g', high(get('g')))
    return `${fill}
      ${set('e', inTolerances(promote(get('s')), tolerances(promote(get('g')))))}
      (if (i32.eq ${get('count')} (i32.const ${2 * r + 1})) (then ${set('e', `(f64x2.replace_lane 1 ${get('e')} (f64.const 0))`)}))
      ${set('a0', `(f64x2.add ${get('a0')} (f64x2.mul ${get('e')} ${get('e')}))`)}
      ${r === 0 ? `(br_if $summed (i32.le_u ${get('count')} (i32.const 2)))` : ''}`
  }
  return `${loadRow(m, TYPES[name], 'from')}
    ${set('rtols', `(f64x2.splat ${get('rtol')})`)} ${set('atols', `(f64x2.splat ${get('atol')})`)}
    (block $summed ${list(FEW / 2, pair)})
    ${set('total', `(f64.add (f64x2.extract_lane 0 ${get('a0')}) (f64x2.extract_lane 1 ${get('a0')}))`)} (br $done)`
}

/** The same for any number of components. Quotients and squares are float64; component i goes to lane i mod 4 of the accumulators (a0, a1). */
function normMany(name, m, isVector) {
  const { vec, size } = TYPES[name]
  const all = ['y', 'yNew', ...pointers(m)]
  const tolerances = isVector ? ['rtolAt', 'atolAt'] : []
  const tolerance = (of, at) => (isVector ? `(v128.load offset=${at} ${get(`${of}At`)})` : get(`${of}s`))
  /** The two quotients of the sums s and the magnitudes g, both f64x2; `at`: byte offset in the tolerance vectors. */
  const quotients = (s, g, at) =>
    inTolerances(s, `(f64x2.add ${tolerance('atol', at)} (f64x2.mul ${tolerance('rtol', at)} ${g}))`)
  const square = (a) => set(a, `(f64x2.add ${get(a)} (f64x2.mul ${get('e')} ${get('e')}))`)
  const promote = (v) => promotePair(name, v)
  /** Two components into e, read with `load`, without touching memory behind them. */
  const pair = (load, at = 0) =>
    set('e', quotients(promote(sum(m, vec, load)), promote(magnitude(vec, load)), at))
  const four =
    name === 'f64'
      ? list(2, (v) => pair((p) => `(v128.load offset=${16 * v} ${get(p)})`, 16 * v) + square(`a${v}`))
      : (() => {
          const load = (p) => `(v128.load ${get(p)})`
          return `${set('s', sum(m, vec, load))} ${set('g', magnitude(vec, load))}
            ${set('e', quotients(promote(get('s')), promote(get('g')), 0))} ${square('a0')}
            ${set('e', quotients(promote(high(get('s'))), promote(high(get('g'))), 16))} ${square('a1')}`
        })()
  const two = (p) => (name === 'f64' ? `(v128.load ${get(p)})` : `(v128.load64_zero ${get(p)})`)
  const one = (p) => (name === 'f64' ? `(v128.load64_zero ${get(p)})` : `(v128.load32_zero ${get(p)})`)
  const last = (a) =>
    set(
      a,
      `(f64x2.replace_lane 0 ${get(a)} (f64.add (f64x2.extract_lane 0 ${get(a)}) (f64x2.extract_lane 0 (f64x2.mul ${get('e')} ${get('e')}))))`,
    )
  return `${loadRow(m, TYPES[name], 'from')}
    ${isVector ? '' : set('rtols', `(f64x2.splat ${get('rtol')})`) + set('atols', `(f64x2.splat ${get('atol')})`)}
    ${set('fours', `(i32.shr_u ${get('count')} (i32.const 2))`)}
    (if ${get('fours')} (then
      (loop $next
        ${four}
        ${move(all, 4 * size)} ${move(tolerances, 32)}
        (br_if $next (local.tee $fours (i32.sub ${get('fours')} (i32.const 1)))))))
    (if (i32.and ${get('count')} (i32.const 2)) (then
      ${pair(two)} ${square('a0')}
      ${move(all, 2 * size)} ${move(tolerances, 16)}))
    (if (i32.and ${get('count')} (i32.const 1)) (then
      ${pair(one)}
      (if (i32.and ${get('count')} (i32.const 2)) (then ${last('a1')}) (else ${last('a0')}))))
    ${set('a0', `(f64x2.add ${get('a0')} ${get('a1')})`)}
    ${set('total', `(f64.add (f64x2.extract_lane 0 ${get('a0')}) (f64x2.extract_lane 1 ${get('a0')}))`)} (br $done)`
}

/**
 * norm(row, h): root mean square of h w . k over its tolerance, over the record's components; for the numbers of terms that have one. Of a record
 * with a next one |h| five^2 / sqrt(five^2 + 0.01 three^2), five the norm of the first and three that of the second, both without h.
 */
function norm(name) {
  const cases = NORM_TERMS.flatMap((m) => [
    [m, normMany(name, m, false)],
    [m + IS_FEW, normFew(name, m)],
    [m + HAS_VECTOR_TOLERANCE, normMany(name, m, true)],
  ])
  return `(func (export "${name}_norm") (param $row i32) (param $h f64) (result f64)
    (local $y i32) (local $yNew i32) (local $from i32) (local $count i32) (local $fours i32)
    (local $rtol f64) (local $atol f64) (local $rtolAt i32) (local $atolAt i32) (local $rtols v128) (local $atols v128)
    (local $e v128) (local $s v128) (local $g v128) (local $t v128) (local $a0 v128) (local $a1 v128)
    (local $total f64)
    ${list(Math.max(...NORM_TERMS), (j) => `(local $p${j} i32) (local $w${j} v128)`)}
    (local $next i32) (local $size f64) (local $five f64) (local $hasFive i32)
    ${set('size', `(f64.abs ${get('h')})`)}
    (loop $each
    ${set('next', field('i32', NEXT))} (if ${get('next')} (then ${set('h', '(f64.const 1)')}))
    ${set('a0', '(v128.const i64x2 0 0)')} ${set('a1', '(v128.const i64x2 0 0)')}
    ${set('from', field('i32', FROM))} ${set('count', field('i32', LENGTH))}
    ${set('yNew', `(i32.add ${vector(0)} ${get('from')})`)} ${set('y', `(i32.add ${vector(Y)} ${get('from')})`)}
    ${set('rtol', field('f64', RTOL))} ${set('rtolAt', field('i32', RTOL))}
    ${set('atol', field('f64', ATOL))} ${set('atolAt', field('i32', ATOL))}
    (block $done ${dispatch(cases, '(unreachable)')})
    ${set('total', `(f64.div (f64.sqrt ${get('total')}) ${field('f64', ROOT)})`)}
    (if ${get('next')} (then
      ${set('five', get('total'))} ${set('hasFive', '(i32.const 1)')} ${set('row', get('next'))}
      (br $each))))
    (if (i32.eqz ${get('hasFive')}) (then (return ${get('total')})))
    (if (i32.and (f64.eq ${get('five')} (f64.const 0)) (f64.eq ${get('total')} (f64.const 0))) (then (return (f64.const 0))))
    (f64.div
      (f64.mul (f64.mul ${get('size')} ${get('five')}) ${get('five')})
      (f64.sqrt (f64.add (f64.mul ${get('five')} ${get('five')}) (f64.mul (f64.mul (f64.const 0.01) ${get('total')}) ${get('total')})))))`
}

/** zero(v, bytes): 0 if every component of whole registers is finite, else NaN. */
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

/** Goes to the code for the record. @param cases - [code, what to do: it branches away] */
function dispatch(cases, otherwise) {
  const most = Math.max(...cases.map(([code]) => code))
  const labels = Array.from({ length: most + 1 }, (_, code) =>
    cases.some(([c]) => c === code) ? `$case${code}` : '$other',
  )
  const open = ['$other', ...cases.map(([code]) => `$case${code}`)]
  const bodies = cases.map(([, body]) => `) ${body}`).reverse()
  return `${open.map((label) => `(block ${label}`).join(' ')}
    (br_table ${labels.join(' ')} $other ${field('i32', CODE)})
    ${bodies.join('\n')}
    ) ${otherwise}`
}

/** The whole module; it imports its memory as "e" "m". */
export function toWat() {
  const kernels = Object.keys(TYPES).flatMap((name) => [combine(name), norm(name), zero(name)])
  return `(module (import "e" "m" (memory 1)) ${kernels.join('\n')})`
}
