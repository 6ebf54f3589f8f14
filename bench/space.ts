/**
 * How many nanoseconds does one Dormand-Prince step cost without a right-hand side, by state size, element type and workspace? WASM_FROM in
 * src/ivp/space/makeWorkspace.ts is chosen from this table.
 * Command: node bench/space.ts [rounds]; writes bench/results/space.json.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { machine, writeResult } from './lib/report.ts'

const SIZES = [1, 2, 3, 4, 8, 28, 64, 1000, 4096, 200_000]
const PRECISIONS = ['f64', 'f32'] as const
const ROUNDS = Number(process.argv[2] ?? 3)

const runner = fileURLToPath(new URL('runners/space.ts', import.meta.url))
/** Nanoseconds for each size. */
const measure = (workspace: string, precision: string): number[] =>
  JSON.parse(
    execFileSync(process.execPath, [runner, workspace, precision, ...SIZES.map(String)], {
      encoding: 'utf8',
    }),
  ) as number[]

/** The best of the rounds, size by size; both workspaces in turns. */
function best(precision: string): { wasm: number[]; plain: number[] } {
  const least = { wasm: SIZES.map(() => Infinity), plain: SIZES.map(() => Infinity) }
  for (let round = 0; round < ROUNDS; round++) {
    for (const workspace of ['wasm', 'plain'] as const) {
      const times = measure(workspace, precision)
      least[workspace] = times.map((time, i) => Math.min(time, least[workspace][i]!))
    }
  }
  return least
}

const rows = PRECISIONS.flatMap((precision) => {
  const { wasm, plain } = best(precision)
  return SIZES.map((n, i) => {
    const [wasmNanoseconds, plainNanoseconds] = [wasm[i]!, plain[i]!]
    return { precision, n, wasmNanoseconds, plainNanoseconds, ratio: plainNanoseconds / wasmNanoseconds }
  })
})
for (const { precision, n, wasmNanoseconds, plainNanoseconds, ratio } of rows) {
  console.log(
    `${precision}, n = ${String(n).padStart(6)}: wasm ${wasmNanoseconds.toPrecision(3).padStart(8)} ns, plain loops ${plainNanoseconds.toPrecision(3).padStart(8)} ns, plain/wasm ${ratio.toPrecision(3)}`,
  )
}
/** The first size from which on wasm is never slower; null if plain loops win at the largest. */
const wasmFrom = PRECISIONS.map((precision) => {
  const own = rows.filter((row) => row.precision === precision)
  const lastSlower = own.findLastIndex(({ ratio }) => ratio < 1)
  return { precision, n: own[lastSlower + 1]?.n ?? null }
})
for (const { precision, n } of wasmFrom) console.log(`${precision}: wasm is faster from n = ${n} on`)

writeResult('space', {
  command: 'node bench/space.ts',
  ...machine(),
  rounds: ROUNDS,
  unit: 'nanoseconds for one step of RK45 without right-hand side: six combinations, one norm, the exchange of vectors',
  workspaces: 'wasm: WasmWorkspace; plain: SpaceWorkspace over typedArraySpace',
  wasmFrom,
  rows,
})
