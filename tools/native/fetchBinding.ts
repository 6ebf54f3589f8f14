import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastLines, run } from '../command/run.ts'
import { CommandFailure } from '../command/failure.ts'
import { TFJS_NODE } from './pins.ts'

const UNPACK = fileURLToPath(new URL('unpack.py', import.meta.url))
const MANIFEST = fileURLToPath(new URL('manifest', import.meta.url))
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

/**
 * Puts tfjs-node into `native/tfjs-node` and the packages that it needs, but for tfjs itself, into `native/node_modules`. It is not installed by
 * npm: that would bring a second tfjs of 200 MB along.
 */
export async function fetchBinding(work: string, native: string, signal: AbortSignal): Promise<void> {
  const { version, integrity } = TFJS_NODE
  const packed = await run('npm', ['pack', `@tensorflow/tfjs-node@${version}`, '--json', ...QUIET], {
    cwd: work,
    signal,
  })
  if (packed.code !== 0) throw notFetched(`@tensorflow/tfjs-node ${version}`, lastLines(packed))
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  // Older versions of npm name a scoped tarball otherwise than they write it
  const tarball = join(work, filename.replace('@', '').replace('/', '-'))
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (found !== integrity) {
    throw new CommandFailure(
      'failed',
      `npm gave another @tensorflow/tfjs-node ${version} than the one this was tried with: ${found}.`,
    )
  }
  const unpacked = await run('python3', [UNPACK, tarball, work, 'package/'], { signal })
  if (unpacked.code !== 0)
    throw new CommandFailure('failed', `tfjs-node could not be unpacked: ${lastLines(unpacked)}`)
  mkdirSync(native, { recursive: true })
  cpSync(MANIFEST, native, { recursive: true })
  renameSync(join(work, 'package'), join(native, 'tfjs-node'))
  const installed = await run('npm', ['ci', ...QUIET], { cwd: native, signal })
  if (installed.code !== 0) throw notFetched('the packages that tfjs-node needs', lastLines(installed))
}

function notFetched(what: string, output: string): CommandFailure {
  return new CommandFailure(
    'download',
    `npm could not fetch ${what}. Is there a way to the npm registry or a mirror (npm config)? npm says:\n${output}`,
  )
}
