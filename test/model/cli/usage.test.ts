import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { Context, Effect } from 'effect'
import { CliError } from 'effect/cli'
import { afterAll, assert, beforeAll, describe, it, vi } from 'vitest'
import { asTyped, keptAsTyped, shellWord } from '../../../src/model/cli/asTyped.ts'
import { presenter } from '../../../src/model/cli/presenter.ts'
import { newFolder, odenet, removeFolders, SMALL, smallMnist } from './command.ts'

const MAIN = fileURLToPath(new URL('../../../src/model/cli/main.ts', import.meta.url))

let data = ''

beforeAll(() => {
  data = smallMnist(96, 20)
})
afterAll(removeFolders)

/** Does what a message says, as a person would: by a shell. */
function follow(advice: string): { code: number | null; output: string } {
  const command = advice.replace('npx odenet', `${shellWord(process.execPath)} ${shellWord(MAIN)}`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  return { code: status, output: stdout + stderr }
}

/** What is printed of an error of the parser. */
async function printed(error: CliError.NonShowHelpErrors): Promise<string> {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  const helpDoc = { description: '', usage: '', flags: [], annotations: Context.empty() }
  const event = {
    _tag: 'InvalidInvocation',
    commandPath: ['odenet', 'train'],
    helpDoc,
    errors: [error],
  } as const
  await Effect.runPromise(presenter.present(event))
  const lines = said.mock.calls.map(([line]) => String(line))
  said.mockRestore()
  return lines.join('\n')
}

describe('a command line that is not understood', { timeout: 600_000 }, () => {
  it('is told so in the first line, without the help, and ends with 2 in every command', async () => {
    const cases: [args: string[], says: RegExp][] = [
      [['trainn'], /^odenet: Unknown subcommand "trainn"\. Did you mean train\?\nSee npx odenet --help\n$/],
      [['train', '--epochs', 'x'], /^odenet: .*--epochs.*"x"\. Expected a finite number\.\nSee /],
      [
        ['train', '--data', data, '--batch', '0'],
        /^odenet: --batch must be .*\nSee npx odenet train --help\n$/,
      ],
      [['eval'], /^odenet: Missing required argument: run\.\nSee npx odenet eval --help\n$/],
      [['compare', '--members', 'mlp'], /^odenet: --members takes .*\nSee npx odenet compare --help\n$/],
    ]
    for (const [args, says] of cases) {
      const { code, stdout, stderr } = await odenet(args)
      assert.match(stderr, says)
      assert.equal(stdout, '')
      assert.equal(code, 2, args.join(' '))
    }
  })

  it('is told what was probably meant, but not of a single letter', async () => {
    const unknown = (option: string, suggestions: string[]): CliError.NonShowHelpErrors =>
      new CliError.UnrecognizedOption({ option, command: ['odenet', 'train'], suggestions })
    const hint = '\nSee npx odenet train --help'
    assert.equal(
      await printed(unknown('--epoch', ['--epochs'])),
      `odenet: Unrecognized flag: --epoch. Did you mean --epochs?${hint}`,
    )
    assert.equal(await printed(unknown('-x', ['--lr'])), `odenet: Unrecognized flag: -x.${hint}`)
  })

  it('is no other failure: a folder or a file that does not fit ends with 1 in every command', async () => {
    const nowhere = join(newFolder(), 'none')
    for (const args of [
      ['train', '--data', nowhere],
      ['eval', nowhere],
      ['compare', nowhere],
    ]) {
      const { code, stderr } = await odenet(args)
      assert.equal(code, 1, stderr)
      assert.notInclude(stderr, '--help')
    }
  })
})

describe('the advice of a message', { timeout: 600_000 }, () => {
  it('goes on with a run that was stopped, in a folder whose name a shell would take apart', async () => {
    const out = join(newFolder(), "Ann's run")
    const args = ['train', '--data', data, '--out', out, '--epochs', '40', '--no-baseline', ...SMALL]
    let isStopped = false
    const stopped = await odenet(args, (child, printed) => {
      if (isStopped || !printed.includes('parameters')) return
      isStopped = true
      setTimeout(() => child.kill('SIGINT'), 400)
    })
    assert.equal(stopped.code, 130, stopped.stderr)
    const advice = /Continue with: (.*)/.exec(stopped.stdout)![1]!
    // Where a run is not finished, every command says how to finish it
    for (const other of [
      ['eval', out],
      ['compare', out],
      ['train', '--data', data, '--out', out],
    ]) {
      const { code, stderr } = await odenet(other)
      assert.equal(code, 1)
      assert.include(stderr, advice)
    }
    const { code, output } = follow(advice)
    assert.equal(code, 0, output)
    assert.match(output, /test accuracy \d/)
    assert.match(output, new RegExp(`Trained in .* s\\. The report is .*report\\.html\n`))
    // The images are those of the training
    const [next] = /npx odenet eval .*/.exec(output)!
    const tested = follow(next)
    assert.equal(tested.code, 0, tested.output)
    assert.match(tested.output, /of 20 test images/)
    const [compare] = /npx odenet compare .*/.exec(output)!
    const compared = follow(
      `${compare} --members adjoint --study-images 4 --memory-steps 1 --out ${shellWord(`${out} 2`)}`,
    )
    assert.equal(compared.code, 0, compared.output)
  })

  it('does not send to --resume where there is nothing to go on with', async () => {
    const [empty, full] = [newFolder(), join(newFolder(), 'full')]
    mkdirSync(full)
    writeFileSync(join(full, 'notes.txt'), 'mine')
    for (const args of [
      ['eval', empty],
      ['train', '--data', data, '--out', full],
    ]) {
      const { code, stderr } = await odenet(args)
      assert.equal(code, 1)
      assert.notInclude(stderr, '--resume')
    }
  })
})

describe('a command as it is typed', () => {
  it('reaches a program as the words that were meant', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }).filter((word) => !word.includes('\0')), (word) => {
        const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })
        return stdout === word
      }), // prettier-ignore
      { seed: 1, numRuns: 60 },
    )
    assert.equal(asTyped('eval', 'runs/2026-01-02T03-04-05-quick-seed1'), 'npx odenet eval runs/2026-01-02T03-04-05-quick-seed1') // prettier-ignore
    assert.equal(keptAsTyped('odenet train --data odenet'), 'npx odenet train --data odenet')
  })
})
