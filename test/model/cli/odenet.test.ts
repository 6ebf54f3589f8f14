import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, assert, beforeAll, describe, it, onTestFinished, vi } from 'vitest'
import { smallCifar10 } from '../cifarFiles.ts'
import { newFolder, odenet, removeFolders, SMALL, smallMnist } from './command.ts'

let data = ''

beforeAll(() => {
  data = smallMnist(320, 40)
})
afterAll(removeFolders)

/** Everything of a metrics file but times. */
function numbersOf(folder: string): unknown[] {
  return readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { kind, net, step, loss, accuracy, lr } = JSON.parse(line) as Record<string, unknown>
      return { kind, net, step, loss, accuracy, lr }
    })
}

// Each runs the command in processes of its own: up to 20 seconds on an idle machine
describe('odenet', { timeout: 600_000 }, () => {
  it('explains itself, its exit codes too, in lines that fit', async () => {
    for (const args of [['--help'], ['train', '--help'], ['eval', '--help']]) {
      const { code, stdout } = await odenet(args)
      assert.equal(code, 0)
      assert.include(stdout, `USAGE\n  npx odenet ${args.length > 1 ? args[0] : '<'}`)
      for (const exit of ['0 ', '1 ', '2 ', '130 ', '129, 143 ', '141 '])
        assert.include(stdout, `\n  ${exit}`)
      for (const line of stdout.split('\n')) assert.isAtMost(line.length, 100, line)
    }
  })

  it('says which backend it took and why', async () => {
    vi.stubEnv('SOLVE_IVP_NATIVE', data)
    const args = ['train', '--backend', 'auto', '--images', '16', '--no-baseline', '--data', data]
    const { code, stdout, stderr } = await odenet([...args, '--out', join(newFolder(), 'run'), ...SMALL])
    vi.unstubAllEnvs()
    assert.equal(code, 0, stderr)
    assert.match(stdout, /backend wasm \(WebAssembly on the CPU\. .*npm run native: nothing was built in/)
  })

  it('trains, tests, reports, and tests again', async () => {
    const out = join(newFolder(), 'run')
    const { code, stdout, stderr } = await odenet(['train', '--data', data, '--out', out, ...SMALL])
    assert.equal(code, 0, stderr)
    assert.lengthOf([...(stdout + stderr).matchAll(/ % of 40 test images/g)], 2, 'once for each net')
    assert.match(stdout, /stem-only accuracy \d+\.\d\d %\ntest accuracy \d+\.\d\d %\n$/)
    for (const file of [
      'metrics.jsonl',
      'report.html',
      'loss.png',
      'accuracy.svg',
      'odenet.json',
      'stem.json',
      'summary.json',
    ])
      assert.isTrue(existsSync(join(out, file)), file)
    const evaluated = await odenet(['eval', out, '--data', data])
    assert.equal(evaluated.code, 0, evaluated.stderr)
    const accuracy = /test accuracy (\d+\.\d\d) %/.exec(stdout)![1]
    assert.match(evaluated.stdout, new RegExp(`ODENet: ${accuracy} % of 40 test images`))
    // A report that is written again tells of the training, not of the machine that writes
    const summary = join(out, 'summary.json')
    const kept = readFileSync(summary, 'utf8').replace(process.version, 'v0.0.1')
    writeFileSync(summary, kept)
    const again = await odenet(['train', '--resume', out])
    assert.equal(again.code, 0)
    assert.match(again.stdout, /complete/)
    assert.equal(readFileSync(summary, 'utf8'), kept)
    assert.include(readFileSync(join(out, 'report.html'), 'utf8'), 'node v0.0.1, tfjs')
  })

  it('tests what was kept along a training, in its order, the last one as the net that is left', async () => {
    const out = join(newFolder(), 'run')
    const { code, stderr } = await odenet(['train', '--data', data, '--no-baseline', '--snapshots', '3', '--out', out, ...SMALL]) // prettier-ignore
    assert.equal(code, 0, stderr)
    const { stdout } = await odenet(['eval', out, '--snapshots', '--data', data])
    const lines = stdout.trim().split('\n')
    const steps = lines.slice(0, -1).map((line) => Number(/^ODENet after step (\d+): /.exec(line)?.[1]))
    assert.lengthOf(steps, 3)
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    )
    assert.equal(lines.at(-2)!.replace(/ after step \d+/, ''), lines.at(-1))
    // A running mean is tested as the net, and is no snapshot
    const averaged = join(newFolder(), 'run')
    await odenet(['train', '--data', data, '--no-baseline', '--snapshots', '1', '--average', '0.9', '--out', averaged, ...SMALL]) // prettier-ignore
    const [ofStep, ofMean] = (await odenet(['eval', averaged, '--snapshots', '--data', data])).stdout.split('\n') // prettier-ignore
    assert.notEqual(/loss [\d.]+/.exec(ofStep!)![0], /loss [\d.]+/.exec(ofMean!)![0])
  })

  it('stops on Ctrl-C with exit code 130, and goes on to the numbers of the uninterrupted run', async () => {
    const options = ['--data', data, '--epochs', '6', '--no-baseline', ...SMALL]
    const whole = join(newFolder(), 'run')
    const interrupted = join(newFolder(), 'run')
    await odenet(['train', '--out', whole, ...options])
    let isStopped = false
    const first = await odenet(['train', '--out', interrupted, ...options], (child, printed) => {
      if (isStopped || !printed.includes('parameters')) return
      isStopped = true
      setTimeout(() => child.kill('SIGINT'), 400)
    })
    assert.equal(first.code, 130, first.stdout)
    assert.match(first.stdout, /--resume/)
    assert.match(readFileSync(join(interrupted, 'report.html'), 'utf8'), /interrupted/)
    const stepsBefore = numbersOf(interrupted).length
    assert.isBelow(stepsBefore, numbersOf(whole).length)
    const refused = await odenet(['train', '--resume', interrupted, '--epochs', '3', '--lr', '0.5'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /--epochs, --lr would have no effect beside --resume: leave it out/)
    assert.lengthOf(numbersOf(interrupted), stepsBefore, 'nothing was written')
    const rest = await odenet(['train', '--resume', interrupted])
    assert.equal(rest.code, 0, rest.stderr)
    assert.deepEqual(numbersOf(interrupted), numbersOf(whole))
  })

  it('loses nothing but the time since the last checkpoint when it is killed', async () => {
    const few = smallMnist(96, 20)
    const options = ['--preset', 'mnist', '--rtol', '0.1', '--no-baseline', '--epochs', '3', '--data', few]
    const often = ['--checkpoint-every', '0.1', ...SMALL]
    const [whole, killed] = [join(newFolder(), 'run'), join(newFolder(), 'run')]
    const { stderr } = await odenet(['train', '--out', whole, ...options, ...often])
    for (const epoch of [1, 2, 3])
      assert.match(stderr, new RegExp(`epoch ${epoch}: \\d+\\.\\d\\d % of 20 test`))
    let isKilled = false
    const first = await odenet(['train', '--out', killed, ...options, ...often], (child, printed) => {
      if (isKilled || !printed.includes('epoch 1')) return
      isKilled = true
      setTimeout(() => child.kill('SIGKILL'), 100)
    })
    assert.isNull(first.code)
    assert.isTrue(existsSync(join(killed, 'run.lock')))
    const stepsBefore = numbersOf(killed).length
    assert.isBelow(stepsBefore, numbersOf(whole).length)
    const rest = await odenet(['train', '--resume', killed])
    assert.equal(rest.code, 0, rest.stderr)
    assert.isFalse(existsSync(join(killed, 'run.lock')))
    assert.deepEqual(numbersOf(killed), numbersOf(whole))
    const nets = [whole, killed].map((folder) => {
      const { state } = JSON.parse(readFileSync(join(folder, 'odenet.json'), 'utf8')) as {
        state: Record<string, unknown>
      }
      return { ...state, seconds: 0 }
    })
    assert.deepEqual(nets[1], nets[0])
    const summary = JSON.parse(readFileSync(join(killed, 'summary.json'), 'utf8')) as Record<string, unknown>
    assert.deepInclude(summary, {
      preset: 'mnist',
      gradient: 'adjoint',
      method: 'RK45',
      epochs: 3,
      images: 288,
    })
    assert.lengthOf(summary['testAccuracyByEpoch'] as number[], 3)
    assert.equal(summary['testAccuracy'], (summary['testAccuracyByEpoch'] as number[])[2])
  })

  it('trains on files of CIFAR-10 through ten steps of RK4, and lets the schedule look at held-out images', async () => {
    const cifar = smallCifar10(10, 10)
    onTestFinished(() => rmSync(cifar, { recursive: true, force: true }))
    const out = join(newFolder(), 'run')
    const options = ['--preset', 'cifar10', '--epochs', '1', '--gradient', 'autodiff', '--hold-out', '0.1', '--no-baseline'] // prettier-ignore
    const { code, stderr, stdout } = await odenet([
      'train',
      ...options,
      '--data',
      cifar,
      '--out',
      out,
      ...SMALL,
    ])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /CIFAR-10/)
    assert.match(stdout, /RK4 with steps of 0.1/)
    assert.match(stdout, /backend wasm/)
    assert.match(stderr, /epoch 1: \d+\.\d\d % of 10 test images, \d+\.\d\d % of 5 held-out training images/)
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /airplane/)
    const kinds = (numbersOf(out) as { kind: string }[]).map(({ kind }) => kind)
    assert.deepEqual(kinds, ['config', ...Array.from({ length: 3 }, () => 'step'), 'eval', 'validation'])
  })

  it('ends early where epochs get no better, with the test of the best one', async () => {
    const out = join(newFolder(), 'run')
    // A rate at which nothing changes
    const options = ['--net', 'stem', '--epochs', '9', '--lr', '1e-30', '--early-stop', '2']
    const { code, stderr, stdout } = await odenet(['train', ...options, '--data', data, '--out', out])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /Stopped early: 2 epochs were no better/)
    assert.match(stderr, /epoch 3:/)
    assert.notMatch(stderr, /epoch 4:/)
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Record<string, unknown>
    assert.deepInclude(summary, { epochs: 9, net: 'stem' })
    const accuracies = summary['testAccuracyByEpoch'] as number[]
    assert.lengthOf(accuracies, 3)
    assert.equal(summary['testAccuracy'], accuracies[0])
  })

  it('says in one sentence what is wrong, before it writes anything', async () => {
    const empty = newFolder()
    const full = newFolder()
    writeFileSync(join(full, 'notes.txt'), 'mine')
    const cut = smallMnist(20, 10)
    writeFileSync(join(cut, 't10k-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0]))
    const device = smallMnist(20, 10)
    rmSync(join(device, 'train-images-idx3-ubyte'))
    symlinkSync('/dev/zero', join(device, 'train-images-idx3-ubyte'))
    const bomb = smallMnist(20, 10)
    const labels = readFileSync(join(bomb, 'train-labels-idx1-ubyte'))
    rmSync(join(bomb, 'train-labels-idx1-ubyte'))
    const zeros = gzipSync(new Uint8Array(2 ** 26))
    writeFileSync(
      join(bomb, 'train-labels-idx1-ubyte.gz'),
      Buffer.concat([gzipSync(labels), ...Array.from({ length: 256 }, () => zeros)]),
    )
    const file = join(full, 'notes.txt')
    const unkept = newFolder()
    writeFileSync(join(unkept, 'odenet.json'), '{}')
    const halfway = newFolder()
    writeFileSync(
      join(halfway, 'stem.json'),
      '{ "options": { "dataset": "mnist", "net": "stem" }, "state": {} }',
    )
    writeFileSync(
      join(halfway, 'checkpoint.json'),
      '{ "options": { "dataset": "mnist", "net": "odenet" }, "training": "odenet", "finished": {} }',
    )
    writeFileSync(join(halfway, 'snapshot1.json'), '{ "step": 1, "epoch": 0, "parameters": "" }')
    const cases: [args: string[], says: RegExp][] = [
      [['train', '--data', empty], /There is no train-images-idx3-ubyte/],
      [['train', '--data', cut], /t10k-labels-idx1-ubyte/],
      [['train', '--data', device], /images-idx3-ubyte is a device, not a regular file/],
      [['train', '--data', bomb], /labels-idx1-ubyte.gz has more than 20 bytes of data/],
      [['train', '--data', data, '--out', full], /is not empty/],
      [['train', '--data', data, '--out', join(file, 'run')], /cannot be created/],
      [['train', '--data', data, '--out', '/proc/run/of/mine'], /cannot be created/],
      [['train', '--data', data, '--batch', '0'], /--batch must be a positive whole number; received 0/],
      [['train', '--data', data, '--batch', '9999'], /--batch must not exceed the 320 training images/],
      [['train', '--data', data, '--groups', '5'], /--groups must divide --dim/],
      [['train', '--data', data, '--dropout', '1'], /--dropout must lie in \[0, 1\)/],
      [['train', '--data', data, '--rtol=-1'], /--rtol must be a positive number/],
      [
        ['train', '--data', data, '--preset', 'cifar10'],
        /There is no data_batch_1.bin .* cifar-10-binary.tar.gz/,
      ],
      [['train', '--preset', 'huge'], /preset/],
      [['train', '--dimension', '4'], /dimension/],
      [['train', '--resume', empty], /holds no checkpoint.json/],
      [['eval', empty], /holds no finished net/],
      [['eval', halfway, '--snapshots'], /is not finished. Finish it with: npx odenet train --resume/],
      [['eval', unkept, '--snapshots'], /holds no snapshots: train with --snapshots/],
    ]
    for (const [args, says] of cases) {
      const out = join(newFolder(), 'run')
      const isOutGiven = args.includes('--out') || args.includes('--resume') || args[0] === 'eval'
      const { code, stderr } = await odenet(isOutGiven ? args : [...args, '--out', out])
      assert.notEqual(code, 0, args.join(' '))
      assert.match(stderr, says)
      assert.notMatch(stderr, /\n {4}at /, 'no stack')
      assert.isFalse(existsSync(out), 'nothing written')
    }
  })

  it('keeps what was recorded when the training diverges, and shows the stack on demand', async () => {
    const out = join(newFolder(), 'run')
    const args = ['train', '--data', data, '--out', out, '--lr', '1e9', ...SMALL]
    const { code, stderr, stdout } = await odenet([...args, '--debug'])
    assert.equal(code, 1)
    assert.include(stdout, `The report is ${join(out, 'report.html')}`)
    assert.match(stderr, /Step \d+ failed/)
    assert.match(stderr, /\n {4}at /)
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /failed/)
    assert.isAbove(numbersOf(out).length, 1)
  })
})
