import { existsSync, mkdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { missingPython } from '../command/missingPython.ts'
import { run } from '../command/run.ts'
import { FREE_MEGABYTES } from './pins.ts'

/** Something that a build needs and this machine may lack. */
interface Requirement {
  /** What is missing and how to get it; null where nothing is. */
  readonly lacks: () => Promise<string | null>
}

const works = async (program: string, ...args: string[]): Promise<boolean> =>
  (await run(program, args)).code === 0

const platform: Requirement = {
  lacks: async () =>
    process.platform === 'linux' && process.arch === 'x64'
      ? null
      : `this builds for Linux on x86-64 only, and this is ${process.platform} on ${process.arch}. Use \`npm install @tensorflow/tfjs-node\`, which has binaries for more platforms, or the wasm backend.`,
}

const packages: Requirement = {
  lacks: async () => {
    try {
      createRequire(import.meta.url).resolve('@tensorflow/tfjs')
      return null
    } catch {
      return 'the packages of this project are not installed: run `npm ci` first.'
    }
  },
}

const compiler: Requirement = {
  lacks: async () =>
    (await works('g++', '--version')) && (await works('strip', '--version'))
      ? null
      : 'g++ (with binutils) is missing. Debian, Ubuntu: `sudo apt install g++`; Fedora: `sudo dnf install gcc-c++`.',
}

const python: Requirement = {
  lacks: async () => {
    if (!(await works('python3', '--version'))) return missingPython('pip')
    if (!(await works('python3', '-c', 'import zipfile, tarfile, zlib')))
      return 'python3 lacks its modules zipfile, tarfile or zlib. Install the whole of Python, not a minimal one.'
    return (await works('python3', '-m', 'pip', '--version'))
      ? null
      : 'pip is missing for python3. Debian, Ubuntu: `sudo apt install python3-pip`; elsewhere: `python3 -m ensurepip`.'
  },
}

const npm: Requirement = {
  lacks: async () => ((await works('npm', '--version')) ? null : 'npm is not on the PATH.'),
}

const room = (folder: string): Requirement => ({
  lacks: async () => {
    const { bavail, bsize } = await statfs(folder)
    const free = Math.floor((bavail * bsize) / 1e6)
    return free >= FREE_MEGABYTES
      ? null
      : `a build needs ${FREE_MEGABYTES} MB of free disk for a while, and ${folder} has ${free} MB. Free some, or give another folder: npm run native -- --out FOLDER`
  },
})

/** Everything that is missing to build below `parent`, in words; empty if nothing is. */
export async function missingFor(parent: string): Promise<string[]> {
  if (!existsSync(parent)) mkdirSync(parent, { recursive: true })
  const answers = await Promise.all(
    [platform, packages, compiler, python, npm, room(parent)].map(({ lacks }) => lacks()),
  )
  return answers.filter((answer) => answer !== null)
}
