// Writes src/ivp/space/float32Kernels.ts from float64Kernels.ts; test/ivp/space/kernels.test.ts compares the two.
import { readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('../src/ivp/space/', import.meta.url)

/** The Float32Array twin of the Float64Array kernels. */
export function toFloat32(source) {
  return source
    .replace(
      /^\/\*\*[\s\S]*?\*\/\n/,
      '/** Generated from `float64Kernels.ts` by `npm run generate`: do not edit. */\n',
    )
    .replace('type Vec = Float64Array', 'type Vec = Float32Array')
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const source = readFileSync(new URL('float64Kernels.ts', folder), 'utf8')
  writeFileSync(new URL('float32Kernels.ts', folder), toFloat32(source))
}
