import type { ChildProcess } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, assert, beforeAll, describe, it } from 'vitest'
import { readNet, readState } from '../../../src/model/cli/runState.ts'
import { writeSealed } from '../../../src/model/cli/sealedFile.ts'
import type { TrainOptions } from '../../../src/model/trainOptions.ts'
import { newFolder, odenet, removeFolders, SMALL, smallMnist, type Ended } from './command.ts'

let data = ''
let few = ''

beforeAll(() => {
  data = smallMnist(96, 20)
  few = smallMnist(32, 20)
})
afterAll(removeFolders)

const isThere = (folder: string, name: string): boolean => existsSync(join(folder, name))

/** The steps that the metrics of a run tell of. */
const stepsOf = (folder: string): number =>
  isThere(folder, 'metrics.jsonl')
    ? readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n').filter((line) => line.includes('"kind":"step"')).length // prettier-ignore
    : 0

/** A training that has not ended when it is asked to: calls `then` once it has taken so many steps. */
function begun(
  folder: string,
  steps: number,
  then: (child: ChildProcess) => void,
  args: string[] = [],
): Promise<Ended> {
  let isBegun = false
  const options = [
    '--data',
    data,
    '--epochs',
    '5000',
    '--no-baseline',
    '--checkpoint-every',
    '9999',
    ...SMALL,
  ]
  return odenet(['train', '--out', folder, ...options, ...args], (child, printed) => {
    if (isBegun || !printed.includes('parameters,')) return
    isBegun = true
    const look = setInterval(() => {
      if (stepsOf(folder) < steps) return
      clearInterval(look)
      then(child)
    }, 50)
    child.once('exit', () => clearInterval(look))
  })
}

// Processes of their own; many times what they take on an idle machine
describe('a training that is told to stop', { timeout: 600_000 }, () => {
  it('ends within a step, though the step would never end', async () => {
    const run = join(newFolder(), 'run')
    const endless = ['--gradient', 'discrete', '--method', 'RK4', '--step', '0.0000001']
    let asked = 0
    const wait = (child: ChildProcess): void =>
      void setTimeout(() => {
        asked = performance.now()
        child.kill('SIGTERM')
      }, 2000)
    const { code, stdout } = await begun(run, 0, wait, endless)
    assert.equal(code, 143)
    assert.isBelow(performance.now() - asked, 30_000)
    assert.include(stdout, `Stopped. Continue with: npx odenet train --resume ${run}`)
    assert.equal(stepsOf(run), 0)
    assert.match(readFileSync(join(run, 'report.html'), 'utf8'), /interrupted/)
  })

  it('keeps every step when its terminal goes away', async () => {
    const run = join(newFolder(), 'run')
    const { code } = await begun(run, 3, (child) => {
      child.stdout!.destroy()
      child.stderr!.destroy()
      child.kill('SIGHUP')
    })
    assert.equal(code, 129)
    const { checkpoint } = JSON.parse(readFileSync(join(run, 'checkpoint.json'), 'utf8')) as {
      checkpoint: { state: { step: number } }
    }
    assert.isAtLeast(checkpoint.state.step, 3)
    assert.equal(checkpoint.state.step, stepsOf(run))
    assert.isFalse(isThere(run, 'run.lock'))
  })

  it('ends at once when it is told so twice, and gives its folder back', async () => {
    const run = join(newFolder(), 'run')
    const { code, stdout } = await begun(run, 1, (child) => {
      child.kill('SIGINT')
      child.kill('SIGTERM')
    })
    assert.equal(code, 143, 'that of the second')
    assert.notInclude(stdout, 'Stopped.')
    assert.isFalse(isThere(run, 'report.html'))
    assert.isFalse(isThere(run, 'run.lock'))
  })
})

describe('a command whose output nobody reads', { timeout: 600_000 }, () => {
  const small = ['--no-baseline', ...SMALL]
  let run = ''

  it('trains on, says so, and keeps everything', async () => {
    run = join(newFolder(), 'run')
    const { code, stderr } = await odenet(['train', '--data', few, '--out', run, ...small], (child) => {
      child.stdout!.destroy()
    })
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^odenet: the output is not read any more \(EPIPE\); the run goes on/)
    for (const name of ['odenet.json', 'report.html', 'summary.json']) assert.isTrue(isThere(run, name), name)
  })

  it('ends within a study that would never end, and goes on with the study', async () => {
    const endless = join(newFolder(), 'run')
    cpSync(run, endless, { recursive: true })
    const slower = <T extends { options: TrainOptions }>(file: T): T => ({
      ...file,
      options: { ...file.options, method: 'RK4', step: 1e-7, gradient: 'discrete' },
    })
    writeSealed(join(endless, 'checkpoint.json'), slower(readState(endless)))
    writeSealed(join(endless, 'odenet.json'), slower(readNet(endless, 'odenet')))
    const out = join(newFolder(), 'comparison')
    let asked = 0
    const stopInStudy = (child: ChildProcess, printed: string): void => {
      if (asked > 0 || !printed.includes('noise on the images ...')) return
      asked = performance.now()
      setTimeout(() => child.kill('SIGTERM'), 1000)
    }
    const first = await odenet(['compare', endless, '--members=', '--study-images', '20', '--data', few, '--out', out], stopInStudy) // prettier-ignore
    assert.equal(first.code, 143, first.stderr)
    assert.include(first.stdout, `Stopped. Continue with: npx odenet compare --resume ${out}`)
    assert.isFalse(isThere(out, 'run.lock'))
    asked = 0
    const again = await odenet(['compare', '--resume', out], stopInStudy)
    assert.equal(again.code, 143, again.stderr)
  })

  it('ends without a stack where the output is all there is', async () => {
    const { code, stderr } = await odenet(['eval', run, '--data', few], undefined, (child) => {
      child.stdout!.destroy()
    })
    assert.equal(code, 141)
    assert.equal(stderr, '')
    const help = await odenet(['train', '--help'], undefined, (child) => child.stdout!.destroy())
    assert.equal(help.stderr, '')
  })
})

describe('two trainings in one folder', { timeout: 600_000 }, () => {
  it('the second says which process has it, and changes nothing; after a kill the next one takes over', async () => {
    const run = join(newFolder(), 'run')
    let second: Ended | undefined
    let pid = 0
    const first = await begun(run, 1, (child) => {
      void odenet(['train', '--resume', run]).then((ended) => {
        second = ended
        pid = child.pid!
        child.kill('SIGKILL')
      })
    })
    assert.isNull(first.code)
    assert.equal(second!.code, 1)
    assert.match(second!.stderr, new RegExp(`^odenet: The run in .* is in use by process ${pid} \\(since .*\\): wait for its end, or stop it\\.\n$`)) // prettier-ignore
    assert.isTrue(isThere(run, 'run.lock'))
    const eager = await odenet(['train', '--data', data, '--out', run, ...SMALL])
    assert.match(eager.stderr, /is not empty/)
    const third = await odenet(['train', '--resume', run], (child, printed) => {
      if (printed.includes('parameters,')) child.kill('SIGINT')
    })
    assert.notInclude(third.stderr, 'in use')
    assert.equal(third.code, 130, third.stderr)
    assert.isFalse(isThere(run, 'run.lock'))
  })
})
