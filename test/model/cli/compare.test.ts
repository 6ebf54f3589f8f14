import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import { afterAll, assert, beforeAll, describe, it } from 'vitest'
import { newComparison, type CompareFlags } from '../../../src/model/cli/compareOptions.ts'
import { newFolder, odenet, removeFolders, SMALL, smallMnist } from './command.ts'

const QUICK = ['--members', 'adjoint,resnet', '--study-images', '20', '--memory-steps', '1,2']

let data = ''

beforeAll(() => {
  data = smallMnist(160, 40)
})
afterAll(removeFolders)

const readJson = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T

describe('odenet compare', { timeout: 900_000 }, () => {
  let out = ''

  it('explains itself', async () => {
    const { code, stdout } = await odenet(['compare', '--help'])
    assert.equal(code, 0)
    for (const flag of ['--members', '--study-images', '--resume']) assert.include(stdout, flag)
  })

  it('goes on where it was killed: a net that is finished is not trained again', async () => {
    out = join(newFolder(), 'comparison')
    const metrics = join(out, 'adjoint', 'metrics.jsonl')
    const killedAt = async (args: string[], line: string): Promise<void> => {
      let isKilled = false
      const { code, stderr } = await odenet(['compare', ...args], (child, printed) => {
        if (isKilled || !printed.includes(line)) return
        isKilled = true
        child.kill('SIGKILL')
      })
      assert.isNull(code, stderr)
    }
    await killedAt(['--data', data, '--out', out, ...SMALL, ...QUICK], 'ResNet: 2266 parameters')
    const trained = readFileSync(metrics, 'utf8')
    await killedAt(['--resume', out], 'ODENet, adjoint RK45: other tolerances')
    const rest = await odenet(['compare', '--resume', out])
    assert.equal(rest.code, 0, rest.stderr)
    assert.equal(readFileSync(metrics, 'utf8'), trained)
    assert.notInclude(rest.stderr, 'ODENet, adjoint RK45: noise')
    assert.match(rest.stdout, /ResNet: test accuracy \d+\.\d\d %\nThe report is .*report\.html\n$/)
    for (const file of ['comparison.json', 'plots/memory.png', 'plots/solvers.svg', 'studies/memory.json'])
      assert.isTrue(existsSync(join(out, file)), file)
    // Two batches at the start and at eight moments of the training
    assert.lengthOf(readJson<{ rows: unknown[] }>(out, 'studies/adjoint-certificates.json').rows, 18)
    assert.isEmpty(readdirSync(out, { recursive: true }).filter((name) => String(name).endsWith('.new')))
  })

  it('takes every number of its page from a file, and says from where', () => {
    const { document } = parseHTML(readFileSync(join(out, 'report.html'), 'utf8'))
    const all = [...document.querySelectorAll('[data-from]')]
    assert.isAbove(all.length, 150)
    for (const element of all) {
      const [file, pointer] = element.getAttribute('data-from')!.split('#') as [string, string]
      const value = pointer
        .split('/')
        .slice(1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], readJson(out, file))
      const text = element.textContent
      if (element.tagName !== 'DATA') {
        assert.equal(text, typeof value === 'string' ? value : JSON.stringify(value), file)
        continue
      }
      assert.equal(Number(element.getAttribute('value')), value as number)
      assert.isTrue(saysAbout(text, value as number), `${text} for ${value as number} of ${file}#${pointer}`)
    }
    // And nothing else in the text is a number
    for (const element of document.querySelectorAll('[data-from], svg, style, title, code')) element.remove()
    const text = document.body.textContent.replaceAll(/RK45|RK4|DOP853|RK23|h\([01]\)/g, '')
    assert.notMatch(text, /\d/)
    assert.notMatch(text, /NaN|undefined|null|Infinity/)
  })

  it('needs nothing but the page, and draws every picture that there is a file of', () => {
    const html = readFileSync(join(out, 'report.html'), 'utf8')
    assert.notMatch(html, /<script|<link|@import|src="(?!data:)|href=/)
    const { document } = parseHTML(html)
    const drawn = document.querySelectorAll('figure svg').length
    const files = readdirSync(join(out, 'plots'))
    assert.equal(drawn, files.filter((name) => name.endsWith('.svg')).length)
    assert.equal(files.filter((name) => name.endsWith('.png')).length, drawn)
  })

  it('takes finished runs with their baselines, and trains the rest with their options', async () => {
    // A run of odenet train has both nets in one folder
    const run = join(newFolder(), 'run')
    await odenet(['train', '--data', data, '--images', '64', '--snapshots', '2', '--out', run, ...SMALL])
    const kept = [1, 2].map((part) => readJson<{ step: number }>(run, `snapshot${part}.json`).step)
    assert.deepEqual(kept, [2, 4])
    assert.match(readJson<{ command: string }>(run, 'summary.json').command, / --snapshots 2 /)
    const flags = { runs: [run], members: 'adjoint,autodiff,resnet,stem', studyImages: 20, memorySteps: '1', data } as unknown as CompareFlags // prettier-ignore
    const { plan, given } = await newComparison(flags)
    assert.deepEqual(
      plan.members.map(({ id, folder, isGiven }) => [id, folder, isGiven]),
      [
        ['adjoint', 'adjoint', true],
        ['autodiff', 'autodiff', false],
        ['resnet', 'resnet', false],
        ['stem', 'adjoint', true],
      ],
    )
    assert.deepEqual(given, [{ from: run, folder: 'adjoint' }])
    const [, autodiff, resnet] = plan.members
    assert.deepInclude(autodiff!.options, {
      gradient: 'autodiff',
      method: 'RK4',
      step: 0.1,
      maxImages: 64,
      dim: 4,
    })
    assert.deepInclude(resnet!.options, { net: 'resnet', maxImages: 64, dim: 4 })
    assert.match(
      plan.command,
      /^odenet compare .*run --members adjoint,autodiff,resnet,stem --study-images 20/,
    )
  })

  it('says in one sentence what is wrong, before it writes anything', async () => {
    const empty = newFolder()
    const full = newFolder()
    writeFileSync(join(full, 'notes.txt'), 'mine')
    const given = { runs: [], members: 'adjoint', studyImages: 20, memorySteps: '1', checkpointEvery: 30, data } // prettier-ignore
    const cases: [flags: object, says: RegExp][] = [
      [{ runs: [empty] }, /holds no checkpoint.json/],
      [{ members: 'adjoint,mlp' }, /--members takes adjoint, autodiff, resnet, stem.*received mlp/],
      [{ members: '' }, /nothing to compare/],
      [{ studyImages: 0 }, /--study-images must be a positive whole number/],
      [{ memorySteps: '1,x' }, /--memory-steps takes whole numbers from 1 to 64/],
      [
        { runs: [join(out, 'adjoint')], epochs: 2 },
        /--epochs would have no effect beside finished runs.*Leave it out/,
      ],
      [{ runs: [join(out, 'adjoint')], preset: 'mnist', seed: 1 }, /--preset, --seed would have no effect/],
      [
        { runs: [join(out, 'adjoint')], earlyStop: 2 },
        /--early-stop would have no effect beside finished runs/,
      ],
    ]
    for (const [flags, says] of cases) {
      const all = { ...given, ...flags } as unknown as CompareFlags
      const failure = await newComparison(all).then(
        () => 'nothing',
        (error: Error) => error.message,
      )
      assert.match(failure, says)
    }
    const commands: [args: string[], says: RegExp][] = [
      [['--resume', empty], /holds no plan.json/],
      [['--data', data, '--out', full, ...SMALL], /is not empty/],
      [['--resume', out, '--study-images', '9'], /--study-images would have no effect beside --resume/],
      [['--resume', out, '--out', full], /--out would have no effect beside --resume/],
      [['--resume', out, join(out, 'adjoint')], /leave out other runs/],
    ]
    for (const [args, says] of commands) {
      const { code, stderr } = await odenet(['compare', ...args])
      assert.equal(code, /no effect|leave out/.test(String(says)) ? 2 : 1, args.join(' '))
      assert.match(stderr, says)
      assert.notMatch(stderr, /\n {4}at /, 'no stack')
    }
    assert.deepEqual(readdirSync(full), ['notes.txt'])
    assert.isEmpty(readdirSync(empty))
  })
})

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/ %$/, 1e-2],
  [/ MB$/, 1e6],
  [/ min$/, 60],
  [/ h$/, 3600],
]

/** Whether a text is a rounding of the value: to the last digit that it shows, in its unit. */
function saysAbout(text: string, value: number): boolean {
  const unit = UNITS.find(([suffix]) => suffix.test(text))?.[1] ?? 1
  const digits = text.replaceAll(',', '').replace('−', '-')
  const shown = Number.parseFloat(digits)
  const [, decimals = '', exponent = '0'] = /^[+-]?\d+(?:\.(\d+))?(?:e([+-]?\d+))?/.exec(digits)!
  const isTwoDigits = /^\d\d0*$/.test(digits) && unit === 1
  const lastDigit = isTwoDigits ? 10 ** (digits.length - 2) : 10 ** (Number(exponent) - decimals.length)
  return Math.abs(shown * unit - value) <= (0.5 + 1e-6) * lastDigit * unit
}
