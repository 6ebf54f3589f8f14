import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingPython } from '../command/missingPython.ts'
import { lastLines, run } from '../command/run.ts'
import { CommandFailure } from '../command/failure.ts'
import { PLACES } from './places.ts'

export type Say = (line: string) => void

/** A download that has not ended by then never will. */
const DOWNLOAD_MILLISECONDS = 600_000

/** Oldest Python that the pinned packages of `requirements.txt` can be installed in. */
const OLDEST_PYTHON = [3, 10] as const

/**
 * Installs what is missing: Jupyter's client in a Python environment of its own, and the kernel's packages. What is there
 * from the same pinned versions is left alone.
 * @returns the environment's Python
 * @throws CommandFailure
 */
export async function setUp(requirements: string, signal: AbortSignal, say: Say): Promise<string> {
  await installKernel(signal, say)
  return installPython(requirements, signal, say)
}

async function installKernel(signal: AbortSignal, say: Say): Promise<void> {
  const stamp = join(PLACES.kernel, 'node_modules', '.installed')
  const wanted = hashOf(join(PLACES.kernel, 'package-lock.json'))
  if (isStamped(stamp, wanted)) return
  say('Installing the TypeScript kernel (tslab, about 90 MB).')
  const result = await run('npm', ['ci', '--loglevel=error'], { cwd: PLACES.kernel, signal: soon(signal) })
  if (result.code !== 0) throw new CommandFailure('download', `npm could not install the kernel:\n${lastLines(result)}`) // prettier-ignore
  writeFileSync(stamp, wanted)
}

async function installPython(requirements: string, signal: AbortSignal, say: Say): Promise<string> {
  const folder = join(PLACES.environment, 'python')
  const python = join(folder, 'bin', 'python')
  const stamp = join(folder, `.${hashOf(requirements)}`)
  if (existsSync(stamp) && existsSync(python)) return python
  await checkPython()
  say('Installing Jupyter in .notebooks/python.')
  mkdirSync(PLACES.environment, { recursive: true })
  // JupyterLab brings scripts that are no modules, as this project's files are
  writeFileSync(join(PLACES.environment, 'package.json'), '{ "type": "commonjs" }\n')
  if (!existsSync(python)) {
    rmSync(folder, { recursive: true, force: true })
    const made = await run('python3', ['-m', 'venv', folder], { signal })
    if (made.code !== 0)
      throw new CommandFailure(
        'requirement',
        `python3 cannot make an environment. Debian, Ubuntu: \`sudo apt install python3-venv\`.\n${lastLines(made)}`,
      )
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
  const installed = await run(python, pip, { signal: soon(signal) })
  if (installed.code !== 0)
    throw new CommandFailure('download', `pip could not install Jupyter:\n${lastLines(installed)}`)
  writeFileSync(stamp, '')
  return python
}

async function checkPython(): Promise<void> {
  const code = 'import sys; print(*sys.version_info[:2])'
  const { code: exit, stdout } = await run('python3', ['-c', code])
  if (exit !== 0) throw new CommandFailure('requirement', missingPython('venv'))
  const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number)
  if (major * 100 + minor < OLDEST_PYTHON[0] * 100 + OLDEST_PYTHON[1])
    throw new CommandFailure(
      'requirement',
      `The notebooks need Python ${OLDEST_PYTHON.join('.')} or newer, and python3 is ${major}.${minor}.`,
    )
}

/** Builds the package, which is what the notebooks import. */
export async function buildPackage(signal: AbortSignal): Promise<void> {
  const result = await run('npm', ['run', '--silent', 'build'], { cwd: PLACES.root, signal })
  if (result.code !== 0)
    throw new CommandFailure('failed', `The package could not be built:\n${lastLines(result)}`)
}

/** What Jupyter needs to find the kernel, and the kernel the project's Node. */
export function variables(): NodeJS.ProcessEnv {
  const jupyter = join(PLACES.environment, 'jupyter')
  const path = [join(PLACES.root, 'node_modules', '.bin'), process.env['PATH']].join(':')
  return {
    ...process.env,
    PATH: path,
    JUPYTER_PATH: PLACES.kernelspecs,
    // Nothing of a person's own Jupyter is read or written
    JUPYTER_CONFIG_DIR: join(jupyter, 'config'),
    JUPYTER_DATA_DIR: join(jupyter, 'data'),
    JUPYTER_RUNTIME_DIR: join(jupyter, 'runtime'),
  }
}

function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MILLISECONDS)])
}

function isStamped(file: string, content: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8') === content
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16)
}
