/**
 * Do the packed declarations compile, and say the same, under older and newer compilers of TypeScript?
 * Command: node bench/typesByCompiler.ts; installs the compilers from the registry below the system's folder for temporary files, and writes
 * bench/results/types-by-compiler.json.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeResult } from './lib/report.ts'

const COMPILERS = ['5.4', '5.9', '7.0']
/** Libraries are checked too (`skipLibCheck: false`), with nothing of Node among them. */
const COMMON = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM'],
  types: [],
  strict: true,
  skipLibCheck: false,
  noEmit: true,
}
const RESOLUTIONS = [
  { module: 'NodeNext', moduleResolution: 'NodeNext' },
  { module: 'ESNext', moduleResolution: 'Bundler' },
]
const STRICTNESS = [{}, { noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true }]
/** Entries whose declarations name no package that a user of them would not have. */
const ENTRIES = ['solve-ivp', 'solve-ivp/ivp', 'solve-ivp/adjoint']
/** Without `noUncheckedIndexedAccess` an index beyond the end is no error, so that what must be refused is looked at with it only. */
const REFUSED = 'refused.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'solve-ivp-compilers-'))
const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

/** Packs what the build makes, without building into `dist`. */
function pack(): string {
  const source = join(project, 'source')
  mkdirSync(source)
  for (const file of ['package.json', 'LICENSE', 'CHANGELOG.md', 'README.md'])
    cpSync(join(root, file), join(source, file))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  run(root, process.execPath, tsc, '-p', 'tsconfig.build.json', '--outDir', join(source, 'dist'))
  const packed = run(source, 'npm', 'pack', '--json', '--ignore-scripts', '--loglevel=error')
  return join(source, (JSON.parse(packed) as [{ filename: string }])[0].filename)
}

/** The programs of test/types, on the packed package. */
function copyPrograms(): string[] {
  const from = join(root, 'test/types')
  const names = readdirSync(from).filter((name) => !name.includes('.test.'))
  for (const name of names) {
    const text = readFileSync(join(from, name), 'utf8')
      .replaceAll("'../../src/index.ts'", "'solve-ivp'")
      .replaceAll(/from '\.\/(\w+)\.ts'/g, "from './$1.js'")
    writeFileSync(join(project, name), text)
  }
  const imports = ENTRIES.map((entry, i) => `export * as entry${i} from '${entry}'\n`)
  writeFileSync(join(project, 'entries.ts'), imports.join(''))
  return [...names, 'entries.ts']
}

try {
  const compilers = COMPILERS.map((version) => `typescript-${version}@npm:typescript@~${version}.0`)
  writeFileSync(join(project, 'package.json'), '{ "name": "compiled", "private": true, "type": "module" }')
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--legacy-peer-deps']
  run(project, 'npm', 'install', ...quiet, pack(), ...compilers)
  const programs = copyPrograms()
  const checks = COMPILERS.flatMap((version) => {
    const tsc = join(project, `node_modules/typescript-${version}/bin/tsc`)
    const exact = run(project, process.execPath, tsc, '--version').trim().replace('Version ', '')
    return RESOLUTIONS.flatMap((resolution) =>
      STRICTNESS.map((strictness) => {
        const isStrictest = Object.keys(strictness).length > 0
        const files = programs.filter((name) => isStrictest || name !== REFUSED)
        const compilerOptions = { ...COMMON, ...resolution, ...strictness }
        writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
        const { stdout } = spawnSync(process.execPath, [tsc, '--pretty', 'false'], {
          cwd: project,
          encoding: 'utf8',
        })
        const errors = stdout.split('\n').filter((line) => line !== '')
        console.log(
          `TypeScript ${exact}, ${JSON.stringify({ ...resolution, ...strictness })}: ${errors.length} lines of errors`,
        )
        for (const line of errors) console.log(`  ${line}`)
        return { typescript: exact, compilerOptions, files, errors }
      }),
    )
  })
  writeResult('types-by-compiler', {
    command: 'node bench/typesByCompiler.ts',
    node: process.version,
    entries: ENTRIES,
    checks,
  })
  if (checks.some(({ errors }) => errors.length > 0)) process.exitCode = 1
} finally {
  rmSync(project, { recursive: true, force: true })
}
