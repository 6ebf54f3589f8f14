/** Where a benchmark's results go, with the machine and the versions they were measured with. */
import { readFileSync, writeFileSync } from 'node:fs'
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

export function writeResult(name: string, report: object): void {
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(report, null, 1)}\n`)
}

export function writePicture(name: string, content: string | Uint8Array): void {
  writeFileSync(new URL(name, results), content)
}

/** 21.5 us, 4.06 ms, 1.20 s */
export function duration(seconds: number): string {
  for (const [unit, size] of [
    ['s', 1],
    ['ms', 1e-3],
  ] as const) {
    if (Math.abs(seconds) >= size) return `${(seconds / size).toPrecision(3)} ${unit}`
  }
  return `${(seconds * 1e6).toPrecision(3)} us`
}
