/**
 * How many bytes does `import 'solve-ivp'` bring to a page, minified and compressed by brotli or by gzip?
 * Commands: npm run build, then node bench/bundleSize.ts; writes bench/results/bundle-size.json.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { writeResult } from './lib/report.ts'

interface Size {
  readonly name: string
  readonly size: number
  readonly sizeLimit: number
  readonly passed: boolean
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
// size-limit's status is not 0 where a budget is broken; the report is there all the same
const { stdout, stderr } = spawnSync(process.execPath, [at('../node_modules/size-limit/bin.js'), '--json'], {
  cwd: at('..'),
  encoding: 'utf8',
})
if (!stdout.trim().startsWith('[')) throw new Error(`size-limit gave no report: ${stdout}${stderr}`)
const bundles = JSON.parse(stdout) as Size[]
for (const { name, size, sizeLimit, passed } of bundles) {
  // It finds nothing to bundle where nothing was built, and calls that a success
  if (!(size > 0)) throw new Error('There is no dist: run `npm run build` first')
  const verdict = passed ? 'kept' : 'BROKEN'
  console.log(`${name}: ${size / 1000} kB (budget of .size-limit.js, ${sizeLimit / 1000} kB: ${verdict})`)
}
writeResult('bundle-size', { command: 'npm run build && node bench/bundleSize.ts', bundles })
