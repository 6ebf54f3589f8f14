// Factorization of a banded matrix, real and complex, in WebAssembly's text form: the operations of bandedLu.ts and bandedComplexLu.ts in their
// order (no fused multiply-add), in 128 bits at a time: two real entries or a complex one, whose parts lie in alternation.
//
// Row r starts at a + r width; addresses, width and size (of an entry: 8 or 16) in bytes, n, lower and span = lower + upper in entries. Multipliers
// and pivots go where bandedLu.ts has them.

import { add, f64, get, i32, isUsable, load, locals, loopWhile, params, refuseUnless, set, splat, store, vec, vload, when } from './wat.mjs' // prettier-ignore

const mul = (a, b) => `(i32.mul ${a} ${b})`
const sub = (a, b) => `(i32.sub ${a} ${b})`
const move = (name, by) => set(name, add(get(name), by))
const least = (a, b) => `(select ${a} ${b} (i32.lt_s ${a} ${b}))`

/**
 * @param name - of the export
 * @param size - of an entry in bytes
 * @param magnitude - of the entry at an address, for the choice of the pivot
 * @param invert - sets the inverse of the entry at $other; refuses
 * @param divide - sets the multiplier of the row at $row, and stores it at $mult
 * @param isWork - whether the multiplier is not zero
 * @param eliminate - $d .. $end less multiplier times $s .. , vector by vector
 */
const banded = ({ name, size, magnitude, invert, divide, isWork, eliminate, numbers, vectors }) => `
  (func (export "${name}") ${params(['a', 'n', 'width', 'lower', 'span', 'mults', 'pivots'])} (result i32)
    ${locals('i32', ['k', 'top', 'down', 'last', 'left', 'm', 'p', 'row', 'other', 'bytes', 'mult', 'd', 's', 'end'])}
    ${locals('f64', ['size', 'largest', ...numbers])} ${locals('v128', ['v', ...vectors])}
    ${set('down', sub(get('width'), i32(size)))}
    ${set('top', add(get('a'), mul(get('lower'), i32(size))))}
    ${loopWhile(
      `(i32.lt_u ${get('k')} ${get('n')})`,
      `
      ${set('left', sub(sub(get('n'), get('k')), i32(1)))}
      ${set('last', least(get('lower'), get('left')))}
      ${set('bytes', mul(least(get('span'), get('left')), i32(size)))}
      ${set('p', i32(0))} ${set('largest', magnitude(get('top')))} ${set('m', i32(1))} ${set('row', add(get('top'), get('down')))}
      ${loopWhile(
        `(i32.le_s ${get('m')} ${get('last')})`,
        `${set('size', magnitude(get('row')))}
        ${when(`(i32.eqz (f64.le ${get('size')} ${get('largest')}))`, `${set('p', get('m'))} ${set('largest', get('size'))}`)}
        ${move('m', i32(1))} ${move('row', get('down'))}`,
      )}
      ${set('other', add(get('top'), mul(get('p'), get('down'))))}
      ${invert}
      (i32.store ${add(get('pivots'), mul(get('k'), i32(4)))} ${add(get('k'), get('p'))})
      ${when(
        get('p'),
        `${set('d', get('other'))} ${set('s', get('top'))} ${set('end', add(get('top'), get('bytes')))}
        ${loopWhile(
          `(i32.le_u ${add(get('s'), i32(16 - size))} ${get('end')})`,
          `${set('v', vload(get('s')))} (v128.store ${get('s')} ${vload(get('d'))}) (v128.store ${get('d')} ${get('v')})
          ${move('s', i32(16))} ${move('d', i32(16))}`,
        )}
        ${when(
          `(i32.le_u ${get('s')} ${get('end')})`,
          `${set('size', load(get('s')))} ${store(get('s'), load(get('d')))} ${store(get('d'), get('size'))}`,
        )}`,
      )}
      ${set('mult', add(get('mults'), mul(mul(get('k'), get('lower')), i32(size))))}
      ${set('m', i32(1))} ${set('row', add(get('top'), get('down')))}
      ${loopWhile(
        `(i32.le_s ${get('m')} ${get('last')})`,
        `${divide}
        ${when(
          isWork,
          `${set('d', add(get('row'), i32(size)))} ${set('s', add(get('top'), i32(size)))} ${set('end', add(get('row'), get('bytes')))}
          ${eliminate}`,
        )}
        ${move('m', i32(1))} ${move('row', get('down'))} ${move('mult', i32(size))}`,
      )}
      ${move('top', get('width'))} ${move('k', i32(1))}`,
    )}
    ${i32(1)})`

const sweep = (condition, body) =>
  loopWhile(condition, `(v128.store ${get('d')} ${body}) ${move('d', i32(16))} ${move('s', i32(16))}`)

export const bandedFactor = () =>
  banded({
    name: 'bandedFactor',
    size: 8,
    magnitude: (at) => `(f64.abs ${load(at)})`,
    numbers: ['x', 'inverse'],
    vectors: ['xs'],
    invert: `
      ${set('inverse', f64('div', '(f64.const 1)', load(get('other'))))}
      ${refuseUnless(isUsable(`(f64.abs ${get('inverse')})`))}`,
    divide: `${set('x', f64('mul', load(get('row')), get('inverse')))} ${store(get('mult'), get('x'))}`,
    isWork: f64('ne', get('x'), '(f64.const 0)'),
    eliminate: `
      ${set('xs', splat(get('x')))}
      ${sweep(
        `(i32.lt_u ${get('d')} ${get('end')})`,
        vec('sub', vload(get('d')), vec('mul', get('xs'), vload(get('s')))),
      )}
      ${when(
        `(i32.eq ${get('d')} ${get('end')})`,
        store(get('d'), f64('sub', load(get('d')), f64('mul', get('x'), load(get('s'))))),
      )}`,
  })

/** The parts of a vector exchanged. */
const exchanged = (v) => `(i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 ${v} ${v})`

export const zbandedFactor = () =>
  banded({
    name: 'zbandedFactor',
    size: 16,
    magnitude: (at) => f64('add', `(f64.abs ${load(at)})`, `(f64.abs ${load(at, 8)})`),
    numbers: ['x', 'z', 'dr', 'di'],
    vectors: ['xs', 'zs', 'u'],
    invert: `
      ${set('x', load(get('other')))} ${set('z', load(get('other'), 8))}
      ${set('size', f64('add', f64('mul', get('x'), get('x')), f64('mul', get('z'), get('z'))))}
      ${refuseUnless(isUsable(get('size')))}
      ${set('dr', f64('div', get('x'), get('size')))} ${set('di', f64('div', `(f64.neg ${get('z')})`, get('size')))}`,
    divide: `
      ${set('x', f64('sub', f64('mul', load(get('row')), get('dr')), f64('mul', load(get('row'), 8), get('di'))))}
      ${set('z', f64('add', f64('mul', load(get('row')), get('di')), f64('mul', load(get('row'), 8), get('dr'))))}
      ${store(get('mult'), get('x'))} ${store(add(get('mult'), i32(8)), get('z'))}`,
    isWork: `(i32.or ${f64('ne', get('x'), '(f64.const 0)')} ${f64('ne', get('z'), '(f64.const 0)')})`,
    // (x ur - z ui, x ui + z ur) = x (ur, ui) + (-z, z) (ui, ur)
    eliminate: `
      ${set('xs', splat(get('x')))}
      ${set('zs', `(f64x2.replace_lane 0 ${splat(get('z'))} (f64.neg ${get('z')}))`)}
      ${sweep(
        `(i32.le_u ${get('d')} ${get('end')})`,
        vec(
          'sub',
          vload(get('d')),
          vec(
            'add',
            vec('mul', get('xs'), `(local.tee $u ${vload(get('s'))})`),
            vec('mul', get('zs'), exchanged(get('u'))),
          ),
        ),
      )}`,
  })
