// Writes src/ivp/linalg/luBytes.ts, smallLu.ts and smallComplexLu.ts: `node tools/generateLu.mjs`. A test holds the files in the tree against this tool's output.
import { writeFileSync } from 'node:fs'
import wabt from 'wabt'
import { toWat } from './lu.wat.mjs'
import { toSmallLu } from './smallLu.mjs'

export { toSmallLu }

/** The module that carries the assembled factorization. */
export async function toLuModule() {
  const { parseWat } = await wabt()
  const module = parseWat('lu.wat', toWat(), { simd: true })
  module.validate()
  const text = Buffer.from(module.toBinary({}).buffer).toString('hex')
  return `/** Dense and banded LU for luMemory.ts, assembled from tools/lu.wat.mjs by \`node tools/generateLu.mjs\`: do not edit. */
// prettier-ignore
export const LU_HEX = '${text}'
`
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const write = (name, text) => writeFileSync(new URL(`../src/ivp/linalg/${name}`, import.meta.url), text)
  write('luBytes.ts', await toLuModule())
  write('smallLu.ts', toSmallLu(false))
  write('smallComplexLu.ts', toSmallLu(true))
}
