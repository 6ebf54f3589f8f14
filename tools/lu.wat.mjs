// Dense LU factorization and solution, real and complex, in WebAssembly's text form: the operations of denseLu.ts and denseComplexLu.ts in
// their order (no fused multiply-add), two components at a time.
//
// All addresses, counts and strides are in bytes: n8 = 8 n; ld, the stride of a column, is n8 rounded up to a whole number of vectors, so that
// columns are aligned and a loop may run over the component of padding. A complex column is ld bytes of real parts, then ld bytes of
// imaginary parts. The entry of `rows` for step k is the row of its pivot, times 8.

import { bandedFactor, zbandedFactor } from './bandedLu.wat.mjs'
import {
  add,
  f64,
  get,
  i32,
  isOdd,
  isUsable,
  load,
  locals,
  loopWhile,
  params,
  refuseUnless,
  set,
  splat,
  store,
  vec,
  vload,
  when,
} from './wat.mjs'

/** Runs `body(offset)` over the vectors from $i to the limit, `unroll` at a time while that fits; `pointers` and $i move along. */
function overVectors(limit, pointers, unroll, body) {
  const move = (bytes) => ['i', ...pointers].map((p) => set(p, add(get(p), i32(bytes)))).join(' ')
  const block = (count) => Array.from({ length: count }, (_, v) => body(16 * v)).join(' ')
  const bytes = 16 * unroll
  const rest = loopWhile(`(i32.lt_u ${get('i')} ${limit})`, block(1) + move(16))
  if (unroll === 1) return rest
  return loopWhile(`(i32.le_u ${add(get('i'), i32(bytes))} ${limit})`, block(unroll) + move(bytes)) + rest
}

/** dst[i] -= src[i] x for i in [$i, limit), addresses of dst and src being bases; clobbers i, d, s, xs. */
function axpy(dst, src, x, limit) {
  const one = `${set('d', add(dst, get('i')))} ${set('s', add(src, get('i')))}`
  return `
    ${when(
      isOdd(get('i')),
      `${one}
      ${store(get('d'), f64('sub', load(get('d')), f64('mul', load(get('s')), x)))}
      ${set('i', add(get('i'), i32(8)))}`,
    )}
    ${one} ${set('xs', splat(x))}
    ${overVectors(
      limit,
      ['d', 's'],
      2,
      (at) =>
        `(v128.store offset=${at} ${get('d')} ${vec('sub', vload(get('d'), at), vec('mul', vload(get('s'), at), get('xs')))})`,
    )}`
}

/** The complex form: imaginary parts lie ld bytes behind; clobbers i, d, e, s, t, xs, zs. */
function zaxpy(dst, src, x, z, limit) {
  const pointers = `
    ${set('d', add(dst, get('i')))} ${set('e', add(get('d'), get('ld')))}
    ${set('s', add(src, get('i')))} ${set('t', add(get('s'), get('ld')))}`
  const re = (op, l, m, X, Z) => op('sub', op('mul', l, X), op('mul', m, Z))
  const im = (op, l, m, X, Z) => op('add', op('mul', l, Z), op('mul', m, X))
  const update = (p, part) =>
    store(get(p), f64('sub', load(get(p)), part(f64, load(get('s')), load(get('t')), x, z)))
  const vupdate = (p, part, at) =>
    `(v128.store offset=${at} ${get(p)} ${vec('sub', vload(get(p), at), part(vec, vload(get('s'), at), vload(get('t'), at), get('xs'), get('zs')))})`
  return `
    ${when(isOdd(get('i')), `${pointers} ${update('d', re)} ${update('e', im)} ${set('i', add(get('i'), i32(8)))}`)}
    ${pointers} ${set('xs', splat(x))} ${set('zs', splat(z))}
    ${overVectors(limit, ['d', 'e', 's', 't'], 2, (at) => vupdate('d', re, at) + vupdate('e', im, at))}`
}

const below = set('i', add(get('k'), i32(8)))
const next = (column, stride) => set(column, add(get(column), stride))
const forEachStep = (stride, body) =>
  `${set('top', get('a'))} ${set('k', i32(0))}
   ${loopWhile(`(i32.lt_u ${get('k')} ${get('n8')})`, `${body} ${next('top', stride)} ${set('k', add(get('k'), i32(8)))}`)}`
const forEachStepBack = (stride, body) =>
  `${set('k', get('n8'))}
   ${loopWhile(get('k'), `${set('k', `(i32.sub ${get('k')} ${i32(8)})`)} ${set('top', `(i32.sub ${get('top')} ${stride})`)} ${body}`)}`
/** Address of row p or k in a column. */
const at = (column, row) => add(get(column), get(row))
const rowEntry = add(get('rows'), `(i32.shr_u ${get('k')} ${i32(1)})`)

/** $p: the row of the largest $size in rows k .. n - 1, or of the first NaN after which nothing is larger. */
const findPivot = (size) => `
  ${set('p', get('k'))} ${set('i', get('k'))} ${set('largest', size)} ${below}
  ${loopWhile(
    `(i32.lt_u ${get('i')} ${get('n8')})`,
    `${set('size', size)}
     ${when(`(i32.eqz (f64.le ${get('size')} ${get('largest')}))`, `${set('p', get('i'))} ${set('largest', get('size'))}`)}
     ${set('i', add(get('i'), i32(8)))}`,
  )}`
const factor = () => `
  (func (export "factor") ${params(['a', 'n8', 'ld', 'rows'])} (result i32)
    ${locals('i32', ['k', 'p', 'i', 'top', 'col', 'end', 'd', 's'])}
    ${locals('f64', ['x', 'inverse', 'size', 'largest'])} ${locals('v128', ['xs'])}
    ${set('end', add(get('a'), `(i32.mul (i32.shr_u ${get('n8')} ${i32(3)}) ${get('ld')})`))}
    ${forEachStep(
      get('ld'),
      `
      ${findPivot(`(f64.abs ${load(at('top', 'i'))})`)}
      ${set('x', load(at('top', 'p')))}
      ${set('inverse', f64('div', '(f64.const 1)', get('x')))}
      ${refuseUnless(isUsable(`(f64.abs ${get('inverse')})`))}
      (i32.store ${rowEntry} ${get('p')})
      ${store(at('top', 'p'), load(at('top', 'k')))}
      ${store(at('top', 'k'), get('x'))}
      ${below}
      ${when(
        isOdd(get('i')),
        `${store(at('top', 'i'), f64('mul', load(at('top', 'i')), get('inverse')))} ${set('i', add(get('i'), i32(8)))}`,
      )}
      ${set('d', at('top', 'i'))} ${set('xs', splat(get('inverse')))}
      ${overVectors(
        get('ld'),
        ['d'],
        1,
        (o) => `(v128.store offset=${o} ${get('d')} ${vec('mul', vload(get('d'), o), get('xs'))})`,
      )}
      ${set('col', at('top', 'ld'))}
      ${loopWhile(
        `(i32.lt_u ${get('col')} ${get('end')})`,
        `
        ${set('x', load(at('col', 'p')))}
        ${store(at('col', 'p'), load(at('col', 'k')))}
        ${store(at('col', 'k'), get('x'))}
        ${when(f64('ne', get('x'), '(f64.const 0)'), `${below} ${axpy(get('col'), get('top'), get('x'), get('ld'))}`)}
        ${next('col', get('ld'))}`,
      )}`,
    )}
    ${i32(1)})`

const solve = () => `
  (func (export "solve") ${params(['a', 'n8', 'ld', 'rows', 'b'])}
    ${locals('i32', ['k', 'p', 'i', 'top', 'd', 's', 'limit'])} ${locals('f64', ['x'])} ${locals('v128', ['xs'])}
    ${forEachStep(
      get('ld'),
      `
      ${set('p', `(i32.load ${rowEntry})`)}
      ${set('x', load(at('b', 'p')))}
      ${store(at('b', 'p'), load(at('b', 'k')))}
      ${store(at('b', 'k'), get('x'))}
      ${below} ${axpy(get('b'), get('top'), get('x'), get('ld'))}`,
    )}
    ${forEachStepBack(
      get('ld'),
      `
      ${set('x', f64('div', load(at('b', 'k')), load(at('top', 'k'))))}
      ${store(at('b', 'k'), get('x'))}
      ${set('limit', `(i32.and ${get('k')} ${i32(-16)})`)} ${set('i', i32(0))}
      ${axpy(get('b'), get('top'), get('x'), get('limit'))}
      ${when(
        isOdd(get('k')),
        store(at('b', 'i'), f64('sub', load(at('b', 'i')), f64('mul', load(at('top', 'i')), get('x')))),
      )}`,
    )})`

const zfactor = () => `
  (func (export "zfactor") ${params(['a', 'n8', 'ld', 'rows'])} (result i32)
    ${locals('i32', ['k', 'p', 'i', 'top', 'topIm', 'col', 'colIm', 'end', 'stride', 'd', 'e', 's', 't'])}
    ${locals('f64', ['x', 'z', 'dr', 'di', 'size', 'largest'])} ${locals('v128', ['xs', 'zs', 'vr', 'vi'])}
    ${set('stride', add(get('ld'), get('ld')))}
    ${set('end', add(get('a'), `(i32.mul (i32.shr_u ${get('n8')} ${i32(3)}) ${get('stride')})`))}
    ${forEachStep(
      get('stride'),
      `
      ${set('topIm', at('top', 'ld'))}
      ${findPivot(f64('add', `(f64.abs ${load(at('top', 'i'))})`, `(f64.abs ${load(at('topIm', 'i'))})`))}
      ${set('x', load(at('top', 'p')))} ${set('z', load(at('topIm', 'p')))}
      ${set('size', f64('add', f64('mul', get('x'), get('x')), f64('mul', get('z'), get('z'))))}
      ${refuseUnless(isUsable(get('size')))}
      ${set('dr', f64('div', get('x'), get('size')))} ${set('di', f64('div', `(f64.neg ${get('z')})`, get('size')))}
      (i32.store ${rowEntry} ${get('p')})
      ${store(at('top', 'p'), load(at('top', 'k')))} ${store(at('topIm', 'p'), load(at('topIm', 'k')))}
      ${store(at('top', 'k'), get('x'))} ${store(at('topIm', 'k'), get('z'))}
      ${below}
      ${when(
        isOdd(get('i')),
        `${set('x', load(at('top', 'i')))} ${set('z', load(at('topIm', 'i')))}
        ${store(at('top', 'i'), f64('sub', f64('mul', get('x'), get('dr')), f64('mul', get('z'), get('di'))))}
        ${store(at('topIm', 'i'), f64('add', f64('mul', get('x'), get('di')), f64('mul', get('z'), get('dr'))))}
        ${set('i', add(get('i'), i32(8)))}`,
      )}
      ${set('d', at('top', 'i'))} ${set('e', at('topIm', 'i'))}
      ${set('xs', splat(get('dr')))} ${set('zs', splat(get('di')))}
      ${overVectors(
        get('ld'),
        ['d', 'e'],
        1,
        (o) => `${set('vr', vload(get('d'), o))} ${set('vi', vload(get('e'), o))}
        (v128.store offset=${o} ${get('d')} ${vec('sub', vec('mul', get('vr'), get('xs')), vec('mul', get('vi'), get('zs')))})
        (v128.store offset=${o} ${get('e')} ${vec('add', vec('mul', get('vr'), get('zs')), vec('mul', get('vi'), get('xs')))})`,
      )}
      ${set('col', at('top', 'stride'))}
      ${loopWhile(
        `(i32.lt_u ${get('col')} ${get('end')})`,
        `
        ${set('colIm', at('col', 'ld'))}
        ${set('x', load(at('col', 'p')))} ${set('z', load(at('colIm', 'p')))}
        ${store(at('col', 'p'), load(at('col', 'k')))} ${store(at('colIm', 'p'), load(at('colIm', 'k')))}
        ${store(at('col', 'k'), get('x'))} ${store(at('colIm', 'k'), get('z'))}
        ${when(
          `(i32.or ${f64('ne', get('x'), '(f64.const 0)')} ${f64('ne', get('z'), '(f64.const 0)')})`,
          `${below} ${zaxpy(get('col'), get('top'), get('x'), get('z'), get('ld'))}`,
        )}
        ${next('col', get('stride'))}`,
      )}`,
    )}
    ${i32(1)})`

const zsolve = () => `
  (func (export "zsolve") ${params(['a', 'n8', 'ld', 'rows', 'b'])}
    ${locals('i32', ['k', 'p', 'i', 'top', 'bIm', 'stride', 'limit', 'd', 'e', 's', 't'])}
    ${locals('f64', ['x', 'z', 'vr', 'vi', 'dr', 'di', 'square'])} ${locals('v128', ['xs', 'zs'])}
    ${set('stride', add(get('ld'), get('ld')))} ${set('bIm', at('b', 'ld'))}
    ${forEachStep(
      get('stride'),
      `
      ${set('p', `(i32.load ${rowEntry})`)}
      ${set('x', load(at('b', 'p')))} ${set('z', load(at('bIm', 'p')))}
      ${store(at('b', 'p'), load(at('b', 'k')))} ${store(at('bIm', 'p'), load(at('bIm', 'k')))}
      ${store(at('b', 'k'), get('x'))} ${store(at('bIm', 'k'), get('z'))}
      ${below} ${zaxpy(get('b'), get('top'), get('x'), get('z'), get('ld'))}`,
    )}
    ${forEachStepBack(
      get('stride'),
      `
      ${set('vr', load(at('b', 'k')))} ${set('vi', load(at('bIm', 'k')))}
      ${set('dr', load(at('top', 'k')))} ${set('di', load(add(at('top', 'k'), get('ld'))))}
      ${set('square', f64('add', f64('mul', get('dr'), get('dr')), f64('mul', get('di'), get('di'))))}
      ${set('x', f64('div', f64('add', f64('mul', get('vr'), get('dr')), f64('mul', get('vi'), get('di'))), get('square')))}
      ${set('z', f64('div', f64('sub', f64('mul', get('vi'), get('dr')), f64('mul', get('vr'), get('di'))), get('square')))}
      ${store(at('b', 'k'), get('x'))} ${store(at('bIm', 'k'), get('z'))}
      ${set('limit', `(i32.and ${get('k')} ${i32(-16)})`)} ${set('i', i32(0))}
      ${zaxpy(get('b'), get('top'), get('x'), get('z'), get('limit'))}
      ${when(
        isOdd(get('k')),
        `${set('vr', load(at('top', 'i')))} ${set('vi', load(add(at('top', 'i'), get('ld'))))}
        ${store(at('b', 'i'), f64('sub', load(at('b', 'i')), f64('sub', f64('mul', get('vr'), get('x')), f64('mul', get('vi'), get('z')))))}
        ${store(at('bIm', 'i'), f64('sub', load(at('bIm', 'i')), f64('add', f64('mul', get('vr'), get('z')), f64('mul', get('vi'), get('x')))))}`,
      )}`,
    )})`

/** The module: it works in the memory that it is given. */
export function toWat() {
  const functions = [factor, solve, zfactor, zsolve, bandedFactor, zbandedFactor]
  return `(module (import "e" "m" (memory 1)) ${functions.map((text) => text()).join(' ')})`
}
