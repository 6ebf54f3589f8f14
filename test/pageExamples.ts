import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The examples of a page of documentation, joined to one program. */
export interface PageExamples {
  /** What the compiler says about it; nothing if it is well typed. */
  readonly check: () => string
  /** What it prints; with its errors if it fails. */
  readonly run: () => string
  /** What the page says that it prints. */
  readonly said: string
}

/**
 * Takes the program from a page, to be run in a folder of its own for as long as the tests of the file last.
 * @param path - of the page, from the root
 * @param count - how many of its examples, from the first on; default: all
 */
export function pageExamples(path: string, count: number = Infinity): PageExamples {
  const page = readFileSync(join(root, path), 'utf8')
  const blocks = (language: string): string =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))]
      .slice(0, count)
      .map(([, code]) => code)
      .join('\n')
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'solve-ivp-page-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const entry = (_: string, room: string): string => `'${join(root, 'src', room, 'index.ts')}'`
    const program = blocks('ts')
      .replaceAll(/'solve-ivp\/([\w/]+)'/g, entry)
      .replaceAll("'solve-ivp'", `'${join(root, 'src/index.ts')}'`)
    writeFileSync(join(folder, 'page.ts'), program)
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        // The page's imports became those of absolute paths
        rewriteRelativeImportExtensions: false,
        // An example may name what it does not use
        noUnusedLocals: false,
        noUnusedParameters: false,
      },
      include: ['page.ts'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const node = (file: string): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })
    return status === 0 ? stdout.trim() : `${stdout}${stderr}`
  }
  return {
    check: () => node(join(root, 'node_modules/typescript/bin/tsc')),
    run: () => node('page.ts'),
    said: blocks('text').trim(),
  }
}
