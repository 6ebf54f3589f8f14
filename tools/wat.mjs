// WebAssembly's text form in words: what the texts of the factorizations are written with.

export const get = (name) => `(local.get $${name})`
export const set = (name, value) => `(local.set $${name} ${value})`
export const add = (a, b) => `(i32.add ${a} ${b})`
export const i32 = (value) => `(i32.const ${value})`
export const load = (address, offset = 0) => `(f64.load offset=${offset} ${address})`
export const store = (address, value) => `(f64.store ${address} ${value})`
export const vload = (address, offset = 0) => `(v128.load offset=${offset} ${address})`
export const f64 = (op, a, b) => `(f64.${op} ${a} ${b})`
export const vec = (op, a, b) => `(f64x2.${op} ${a} ${b})`
export const splat = (x) => `(f64x2.splat ${x})`
export const locals = (type, names) => names.map((name) => `(local $${name} ${type})`).join(' ')
export const params = (names) => names.map((name) => `(param $${name} i32)`).join(' ')

let labels = 0
/** body while condition holds, which is tested first. */
export function loopWhile(condition, body) {
  const label = `l${labels++}`
  return `(block $${label}out (loop $${label} (br_if $${label}out (i32.eqz ${condition})) ${body} (br $${label})))`
}
export const when = (condition, body) => `(if ${condition} (then ${body}))`
export const isOdd = (bytes) => `(i32.and ${bytes} ${i32(8)})`

export const isUsable = (x) => `(i32.and (f64.gt ${x} (f64.const 0)) (f64.lt ${x} (f64.const inf)))`
export const refuseUnless = (condition) => when(`(i32.eqz ${condition})`, `(return ${i32(0)})`)
