/**
 * How long does `npm run native` take from nothing, and again? Builds into a folder of its own, without pip's cache of downloads.
 * Command: node bench/nativeBuild.ts; writes bench/results/native-build.json.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TENSORFLOW, TFJS_NODE } from '../tools/native/pins.ts'
import { machine, writeResult } from './lib/report.ts'

const MAIN = fileURLToPath(new URL('../tools/native/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'solve-ivp-native-'))

function run(): { seconds: number; printed: string[] } {
  const started = performance.now()
  const env = { ...process.env, PIP_NO_CACHE_DIR: '1', npm_config_cache: join(folder, 'npm') }
  const printed = execFileSync(process.execPath, [MAIN, '--out', join(folder, 'native')], { encoding: 'utf8', env }) // prettier-ignore
  console.log(printed)
  const seconds = (performance.now() - started) / 1000
  return { seconds, printed: printed.replaceAll(folder, 'FOLDER').trim().split('\n') }
}

try {
  const fromNothing = run()
  const again = run()
  const version = (program: string): string => execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n', 1)[0]! // prettier-ignore
  writeResult('native-build', {
    command: 'node bench/nativeBuild.ts',
    unit: 'seconds, downloads included',
    ...machine(),
    compiler: version('g++'),
    python: version('python3'),
    npm: version('npm'),
    tensorflow: TENSORFLOW.version,
    tfjsNode: TFJS_NODE.version,
    fromNothing,
    again,
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
