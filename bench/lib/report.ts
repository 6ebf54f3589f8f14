/** Where a benchmark's results go, with the machine and the versions they were measured with. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

const results = new URL('../results/', import.meta.url)

export function machine(): { readonly machine: string; readonly node: string } {
  return { machine: `${cpus()[0]!.model.trim()}, ${cpus().length} cores`, node: process.version }
}

/** What peers/setup.sh found and installed. */
export function peerVersions(): string[] {
  const npm = JSON.parse(readFileSync(new URL('../peers/package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const compiled = readFileSync(new URL('../peers/build/versions.txt', import.meta.url), 'utf8')
  return [
    ...compiled.trim().split('\n'),
    ...Object.entries(npm.dependencies).map(([name, version]) => `${name} ${version}`),
  ]
}

/** As JSON; fractions with as many digits as a time may have. */
export function writeResult(name: string, report: object): void {
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(report, rounded, 1)}\n`)
}

const DIGITS = 5

/** What was written last under that name; null if nothing was. */
export function readResult(name: string): unknown {
  const file = new URL(`${name}.json`, results)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

export function writePicture(name: string, content: string | Uint8Array): void {
  writeFileSync(new URL(name, results), content)
}

/** 21.5 us, 4.06 ms, 1.20 s */
export function duration(seconds: number, digits = 3): string {
  for (const [unit, size] of [
    ['s', 1],
    ['ms', 1e-3],
  ] as const) {
    if (Math.abs(seconds) >= size) return `${(seconds / size).toPrecision(digits)} ${unit}`
  }
  return `${(seconds * 1e6).toPrecision(digits)} us`
}
