import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, assert, beforeEach, describe, it } from 'vitest'
import { unbuilt } from '../bridge/builtHere.ts'
import { skipUnless } from '../skipUnless.ts'
import { writeStamp } from '../../tools/native/stamp.ts'
import { builtFolder } from '../../src/bridge/builtTensorflow.ts'

const MAIN = fileURLToPath(new URL('../../tools/native/main.ts', import.meta.url))
const IS_PLATFORM = process.platform === 'linux' && process.arch === 'x64'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

let folder = ''
/** The only folder where the command finds programs. */
let programs = ''
const out = (): string => join(folder, 'place/native')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'solve-ivp-native-'))
  programs = join(folder, 'programs')
  mkdirSync(programs)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Puts a shell script on the path. */
function program(name: string, script: string): void {
  const path = join(programs, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

/** Every program that a build needs, each agreeing to all; pip as given. */
function programsWithPip(pipDownload: string): void {
  for (const name of ['g++', 'strip', 'npm']) program(name, 'exit 0')
  program('python3', `case "$*" in *"pip download"*) ${pipDownload};; esac\nexit 0`)
}

/** Runs the command; `whileRunning` sees the process and what it has printed so far. */
function native(
  args: ReadonlyArray<string>,
  whileRunning: (child: ChildProcess, printed: string) => void = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--no-warnings', MAIN, ...args], { env: { ...process.env, PATH: programs } }) // prettier-ignore
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    whileRunning(child, stdout)
  })
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

const leftBehind = (): string[] => readdirSync(dirname(out()))

describe('npm run native', () => {
  it('explains itself, and refuses options that it does not know', async () => {
    const help = await native(['--help'])
    assert.equal(help.code, 0)
    assert.match(help.stdout, /python3 with pip, and g\+\+[^]*--force[^]*SOLVE_IVP_NATIVE/)
    const wrong = await native(['--fast'])
    assert.equal(wrong.code, 2)
    assert.include(wrong.stderr, "Unknown option '--fast'")
  })

  it('touches no folder that it did not build', async () => {
    mkdirSync(out(), { recursive: true })
    writeFileSync(join(out(), 'thesis.txt'), 'precious')
    const { code, stderr } = await native(['--force', '--out', out()])
    assert.equal(code, 2)
    assert.include(stderr, 'was not built by this command')
    assert.deepEqual(readdirSync(out()), ['thesis.txt'])
  })
})

describe.skipIf(
  skipUnless(
    IS_PLATFORM,
    'npm run native on Linux',
    `it builds for Linux on x64, not for ${process.platform} ${process.arch}`,
  ),
)('npm run native on Linux', () => {
  it('names everything that is missing, each with the way to get it, before it does anything', async () => {
    const { code, stdout, stderr } = await native(['--out', out()])
    assert.equal(code, 3)
    assert.equal(stdout, '')
    assert.match(stderr, /g\+\+ .*is missing.*apt install g\+\+/)
    assert.match(stderr, /python3 is missing.*apt install python3/)
    assert.deepEqual(leftBehind(), [])
  })

  it('tells a python3 without pip from none', async () => {
    programsWithPip('exit 0')
    program('python3', 'case "$*" in *pip*) exit 1;; esac\nexit 0')
    const { code, stderr } = await native(['--out', out()])
    assert.equal(code, 3)
    assert.match(stderr, /pip is missing for python3.*apt install python3-pip/)
    assert.notMatch(stderr, /python3 is missing/)
  })

  it('says that a download failed, with what pip said, and leaves nothing behind', async () => {
    programsWithPip('echo "no route to host" >&2; exit 1')
    const { code, stdout, stderr } = await native(['--out', out()])
    assert.equal(code, 4)
    assert.match(stdout, /^\[1\/5\] Downloading TensorFlow .* MB\n$/)
    assert.match(stderr, /could not download tensorflow-cpu[^]*no route to host/)
    assert.deepEqual(leftBehind(), [])
  })

  it('does not take another wheel than the pinned one for a failed download', async () => {
    programsWithPip('echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1')
    const { code, stderr } = await native(['--out', out()])
    assert.equal(code, 1)
    assert.include(stderr, 'another tensorflow-cpu')
    assert.deepEqual(leftBehind(), [])
  })

  it('leaves nothing behind when it is stopped, and removes what a killed one left', async () => {
    const killed = join(dirname(out()), '.native-building-999999999')
    mkdirSync(killed, { recursive: true })
    programsWithPip('exec sleep 60')
    symlinkSync('/bin/sleep', join(programs, 'sleep'))
    const { code, stderr } = await native(['--out', out()], (child, printed) => {
      if (printed.includes('[1/5]')) child.kill('SIGINT')
    })
    assert.equal(code, 130)
    assert.include(stderr, 'Stopped')
    assert.deepEqual(leftBehind(), [])
  })

  it('says that what is there does not work, and how to build it again', async () => {
    mkdirSync(join(out(), 'tfjs-node/dist'), { recursive: true })
    writeStamp(out())
    const failing = async (entry: string): Promise<string> => {
      writeFileSync(join(out(), 'tfjs-node/dist/index.js'), entry)
      const { code, stderr } = await native(['--out', out()])
      assert.equal(code, 1)
      assert.include(stderr, `npm run native -- --force --out ${out()}`)
      return stderr
    }
    assert.include(await failing(`throw new Error('wrong ELF class')`), 'wrong ELF class')
    assert.include(await failing(`process.abort()`), 'ended its process with SIGABRT')
  })

  it.skipIf(unbuilt('npm run native where it has built'))(
    'finds what is built and lets it multiply, with no other program at hand',
    async () => {
      const { code, stdout } = await native(['--out', builtFolder()])
      assert.equal(code, 0)
      assert.match(stdout, /works: TensorFlow [\d.]+ loads and multiplies two matrices/)
    },
  )
})
