import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastLines, run } from '../command/run.ts'
import { CommandFailure } from '../command/failure.ts'
import { TENSORFLOW } from './pins.ts'

const UNPACK = fileURLToPath(new URL('unpack.py', import.meta.url))

/** The two libraries of the wheel and the headers of their C interface with all that these include. */
export const LIBRARIES: ReadonlyArray<string> = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
const HEADERS = ['c/', 'core/platform/', 'tsl/'].map((folder) => `tensorflow/include/tensorflow/${folder}`)

/** Downloads the wheel into `folder` with pip, which checks its hash; gives its path. */
export async function downloadWheel(folder: string, signal: AbortSignal): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const { version, python, platforms, sha256 } = TENSORFLOW
  const pinned = join(folder, 'requirements.txt')
  writeFileSync(pinned, `tensorflow-cpu==${version} --hash=sha256:${sha256}\n`)
  const target = ['--implementation', 'cp', '--python-version', python, '--abi', `cp${python}`]
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', ...target]
  for (const platform of platforms) args.push('--platform', platform)
  args.push('--disable-pip-version-check', '--require-hashes', '--requirement', pinned, '--dest', folder)
  const ended = await run('python3', args, { signal, showsProgress: true })
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'))
  if (ended.code === 0 && wheel !== undefined) return join(folder, wheel)
  if (/DO NOT MATCH THE HASHES/.test(ended.stderr)) {
    throw new CommandFailure(
      'failed',
      `pip got another tensorflow-cpu ${version} than the one this was tried with:\n${lastLines(ended)}`,
    )
  }
  throw new CommandFailure(
    'download',
    `pip could not download tensorflow-cpu ${version}. Is there a way to PyPI or a mirror (pip config)? pip says:\n${lastLines(ended)}`,
  )
}

/** Unpacks libraries and headers below `folder` and removes the wheel; debugging symbols, a quarter of the libraries, go too. */
export async function unpackWheel(wheel: string, folder: string, signal: AbortSignal): Promise<void> {
  const libraries = LIBRARIES.map((name) => `tensorflow/${name}`)
  const unpacked = await run('python3', [UNPACK, wheel, folder, ...libraries, ...HEADERS], { signal })
  if (unpacked.code !== 0)
    throw new CommandFailure('failed', `The wheel could not be unpacked: ${lastLines(unpacked)}`)
  rmSync(wheel)
  const stripped = await run('strip', libraries.map((name) => join(folder, name)), { signal }) // prettier-ignore
  if (stripped.code !== 0) throw new CommandFailure('failed', `strip failed: ${lastLines(stripped)}`)
}
