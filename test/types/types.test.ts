import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, assert, beforeAll, describe, it } from 'vitest'
import * as literalStates from './literalStates.ts'
import * as optionsInVariables from './optionsInVariables.ts'
import * as resultsByOptions from './resultsByOptions.ts'
import * as rightHandSides from './rightHandSides.ts'
import * as steppedAndResumed from './steppedAndResumed.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe.each(
  Object.entries({ literalStates, optionsInVariables, resultsByOptions, rightHandSides, steppedAndResumed }),
)('what types say is so when it runs: %s', (_, programs) => {
  it.each(Object.entries<() => void>(programs))('%s', (_name, run) => run())
})

/** Files with the interfaces and classes that a caller of the solver meets. */
const MET = [
  'options',
  'ivpResult',
  'resume',
  'snapshot',
  'odeSolver',
  'errors',
  'dense/odeSolution',
  'dense/denseOutput',
  'control/stepController',
  'method/butcherTableau',
]

it.each(MET)('every option, field and method has a text to be shown by an editor: %s', (name) => {
  const text = readFileSync(join(root, `src/ivp/${name}.ts`), 'utf8')
  const exported = text.matchAll(/^export (?:interface|class) (\w+)[^]*?^}/gm)
  // Those of a body begin at two spaces; private ones are not shown
  const member = /^ {2}(?:override )?(?:readonly \w+\??:|\w+\??: |get \w+\(|\w+\(.*\): .*[^,]$)/
  const bare = [...exported].flatMap(([whole, type]) => {
    const lines = whole.split('\n')
    return lines
      .filter((line, i) => member.test(line) && !lines[i - 1]!.endsWith('*/'))
      .map((line) => `${type}: ${line.trim()}`)
  })
  assert.deepEqual(bare, [])
})

/** Each mistake on a line of its own, and all that a compiler is to say of it. */
const MISTAKES: ReadonlyArray<readonly [code: string, says: RegExp]> = [
  [
    'solveIvp(f, [0, 1], [1], { rtoll: 1e-6 })',
    /'rtoll' does not exist in type .*Did you mean to write 'rtol'\?$/,
  ],
  [
    'solveIvp(f, [0, 1], [1], { denseoutput: true })',
    /'denseoutput'.*Did you mean to write 'denseOutput'\?$/,
  ],
  ['solveIvp(f, [0, 1], [1], { inplace: true })', /'inplace'.*Did you mean to write 'inPlace'\?$/],
  [
    "solveIvp(f, [0, 1], [1], { rtol: '1e-6' })",
    /Type 'string' is not assignable to type 'number \| ArrayLike<number>/,
  ],
  ["solveIvp(f, [0, 1], [1], { method: 'RK54' })", /Type '"RK54"' is not assignable to type .*Did you mean/],
  [
    'solveIvp(f, [0, 1], [1], { events: { fn: g, terminl: true } })',
    /'terminl' does not exist in type 'EventsOption/,
  ],
  [
    'solveIvp(f, [0, 1], [1], { events: [{ fn: g, terminl: true }] })',
    /'terminl'.*Did you mean to write 'terminal'\?$/,
  ],
  [
    'new RK45(f, 0, [1], 1, { atoll: 1e-6 })',
    /'atoll' does not exist in type .*Did you mean to write 'atol'\?$/,
  ],
  ['resume(f, snapshot, { maxstep: 1 })', /'maxstep' does not exist in type 'ResumeOptions/],
  [
    'const o: IvpOptions = { tEvals: [1] }',
    /'tEvals' does not exist in type .*Did you mean to write 'tEval'\?$/,
  ],
  ["solveIvp(() => ['1'], [0, 1], [1])", /Type 'string' is not assignable to type 'number'/],
]

describe('the compiler', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'solve-ivp-types-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const compile = (include: string): string => {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { rewriteRelativeImportExtensions: false, noUnusedLocals: false },
      include: [include],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    return spawnSync(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' }).stdout
  }

  it('takes these programs, and refuses what must not compile', () => {
    assert.equal(compile(join(root, 'test/types/*.ts')), '')
  }, 120_000)

  it('says what is wrong in one line, which names the option', () => {
    const head = `import { RK45, resume, solveIvp, type IvpOptions, type Snapshot } from '${join(root, 'src/index.ts')}'
declare const snapshot: Snapshot
const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]
const g = (_t: number, y: ArrayLike<number>): number => y[0]!
`
    writeFileSync(join(folder, 'mistakes.ts'), head + MISTAKES.map(([code]) => `${code}\n`).join(''))
    const lines = compile('mistakes.ts').trim().split('\n')
    assert.equal(lines.length, MISTAKES.length, lines.join('\n'))
    const before = head.split('\n').length
    MISTAKES.forEach(([code, says], i) => {
      assert.match(lines[i]!, new RegExp(`^mistakes\\.ts\\(${before + i},`), code)
      assert.match(lines[i]!, says, code)
    })
  }, 120_000)
})
