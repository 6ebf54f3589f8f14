import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(join(root, 'docs/layers.md'), 'utf8')

/** The blocks of a language, joined. */
const blocks = (language: string): string =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))]
    .map(([, code]) => code)
    .join('\n')

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'solve-ivp-page-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const entry = (_: string, room: string): string => `'${join(root, 'src', room, 'index.ts')}'`
  writeFileSync(join(folder, 'page.ts'), blocks('ts').replaceAll(/'solve-ivp\/(\w+)'/g, entry))
  const config = {
    extends: join(root, 'tsconfig.json'),
    // The page's import became one of an absolute path
    compilerOptions: { rewriteRelativeImportExtensions: false },
    include: ['page.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : `${stdout}${stderr}`
}

test('the examples of docs/layers.md are well typed', () => {
  expect(node(join(root, 'node_modules/typescript/bin/tsc'))).toBe('')
})

test('the examples of docs/layers.md train, and print what it says', () => {
  const lines = node('page.ts').split('\n')
  expect(lines.filter((line) => /^(learned|not learned|\[|\d)/.test(line)).join('\n')).toBe(
    blocks('text').trim(),
  )
}, 120_000)
