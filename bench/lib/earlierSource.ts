import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as ivp from '../../src/ivp/index.ts'

type Solver = typeof ivp

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a name of a commit, as `HEAD~3`, stands for. */
export function commitNamed(name: string): string {
  return git('rev-parse', '--short', `${name}^{commit}`).toString().trim()
}

/** The pure solver of a commit, beside this one in the same process. Its files are gone when it returns. */
export async function solverOf(commit: string): Promise<Solver> {
  return withFolder(async (folder) => {
    execFileSync('tar', ['-x', '-C', folder], { input: git('archive', commit, 'src/ivp', 'package.json') })
    return solverIn(folder)
  })
}

/** The pure solver of the working tree from a folder of its own, as that of an earlier commit: two copies have the same history in V8. */
export async function solverHere(): Promise<Solver> {
  return withFolder(async (folder) => {
    for (const path of ['src/ivp', 'package.json'])
      cpSync(join(root, path), join(folder, path), { recursive: true })
    return solverIn(folder)
  })
}

async function solverIn(folder: string): Promise<Solver> {
  return (await import(pathToFileURL(join(folder, 'src/ivp/index.ts')).href)) as Solver
}

async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'solver-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function git(...args: string[]): Buffer {
  return execFileSync('git', args, { cwd: root, maxBuffer: 2 ** 28 })
}
