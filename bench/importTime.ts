/**
 * How long does `import 'solve-ivp'` take in a fresh process?
 * Commands: npm run build, then node bench/importTime.ts; writes bench/results/import-time.json.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { machine, writeResult } from './lib/report.ts'

const RUNS = 20
const GOAL = 20

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
if (!existsSync(at('../dist/index.js'))) throw new Error('There is no dist: run `npm run build` first')

/** Milliseconds of one import in a process of its own. */
function importOnce(module: string): number {
  return Number(execFileSync(process.execPath, [at('runners/importTime.mjs'), module], { encoding: 'utf8' }))
}

// The first of each reads the files into the system's cache
importOnce('solve-ivp')
importOnce(at('runners/empty.mjs'))
const own: number[] = []
const empty: number[] = []
for (let run = 0; run < RUNS; run++) {
  own.push(importOnce('solve-ivp'))
  empty.push(importOnce(at('runners/empty.mjs')))
}
const least = (values: number[]): number => Math.min(...values)
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const milliseconds = {
  minimum: least(own) - least(empty),
  median: median(own) - median(empty),
}

const isMet = milliseconds.median < GOAL
console.log(
  `import 'solve-ivp': ${milliseconds.minimum.toFixed(1)} ms at least, ${milliseconds.median.toFixed(1)} ms in the median of ${RUNS} (goal ${GOAL} ms: ${isMet ? 'met' : 'MISSED'})`,
)
writeResult('import-time', {
  command: 'npm run build && node bench/importTime.ts',
  ...machine(),
  runs: RUNS,
  goalMilliseconds: GOAL,
  isMet,
  millisecondsBeyondEmptyModule: milliseconds,
  emptyModuleMilliseconds: { minimum: least(empty), median: median(empty) },
})
