import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, assert, beforeAll, describe, it } from 'vitest'
import { encode, type Checkpoint } from '../../../src/model/checkpoint.ts'
import { evaluateRun } from '../../../src/model/cli/evaluate.ts'
import { continueRun } from '../../../src/model/cli/train.ts'
import { checkFits, finishedNets, readNet, readState, snapshotsIn } from '../../../src/model/cli/runState.ts'
import { writeSealed } from '../../../src/model/cli/sealedFile.ts'
import { CheckpointMismatch } from '../../../src/model/errors.ts'
import { loadMnist } from '../../../src/model/mnist.ts'
import { createTrainer } from '../../../src/model/trainer.ts'
import { newFolder, odenet, removeFolders, SMALL, smallMnist } from './command.ts'

const PARAMETERS = 786

let data = ''
let whole = ''
/** The same, stopped after its second step. */
let stopped = ''

beforeAll(async () => {
  data = smallMnist(48, 20)
  whole = join(newFolder(), 'run')
  const { code, stderr } = await odenet([
    'train',
    '--data',
    data,
    '--out',
    whole,
    '--snapshots',
    '1',
    ...SMALL,
  ])
  assert.equal(code, 0, stderr)
  stopped = copied(whole)
  const { options, state } = readNet(whole, 'odenet')
  rmSync(join(stopped, 'odenet.json'))
  rmSync(join(stopped, 'stem.json'))
  writeSealed(join(stopped, 'checkpoint.json'), {
    ...readState(whole),
    training: 'odenet',
    finished: {},
    tested: null,
    checkpoint: { options, state: { ...state, step: 2, evaluated: 0 } },
  })
}, 240_000)
afterAll(removeFolders)

function copied(run: string): string {
  const copy = join(newFolder(), 'run')
  cpSync(run, copy, { recursive: true })
  return copy
}

/** A copy in which the text of a file is another one. */
function changed(run: string, name: string, change: (text: string) => string): string {
  const copy = copied(run)
  const file = join(copy, name)
  writeFileSync(file, change(readFileSync(file, 'utf8')))
  return copy
}

/** The same for its fields, without a seal, as an earlier version would have written it. */
function unsealed(run: string, name: string, change: (fields: Fields) => unknown): string {
  return changed(run, name, (text) => {
    const { format: _f, sha256: _s, ...fields } = JSON.parse(text) as Fields
    return JSON.stringify(change(fields as Fields))
  })
}

interface Fields {
  [name: string]: unknown
  options: Checkpoint['options']
  state: Checkpoint['state']
  checkpoint: Checkpoint
}

const never = new AbortController().signal
const evaluated = (run: string, withSnapshots = false): Promise<string> =>
  evaluateRun(run, data, undefined, withSnapshots, never)
const continued = (run: string): Promise<string> => continueRun(run, 30, never)

/** What is said of a folder, which is as it was then. */
async function refusal(run: string, act: (run: string) => Promise<string>): Promise<string> {
  const content = (): [string, string][] =>
    readdirSync(run)
      .filter((name) => name !== 'pipe')
      .map((name) => [name, readFileSync(join(run, name), 'latin1')])
  const before = content()
  const message = await act(run).then(
    (outcome) => `no refusal: ${outcome}`,
    (error: Error) => error.message,
  )
  assert.deepEqual(content(), before, 'nothing is written')
  assert.notInclude(message, '\n')
  return message
}

const withState = (fields: Fields, state: object): object => ({
  ...fields,
  state: { ...fields.state, ...state },
})
const withoutLast = (numbers: string): string => {
  const bytes = Buffer.from(numbers, 'base64')
  return bytes.subarray(0, bytes.length - 16).toString('base64')
}

describe('eval of a net that is not as it was written', { timeout: 300_000 }, () => {
  it.each<[what: string, change: (text: string) => string, says: RegExp]>([
    ['cut off', (text) => text.slice(0, text.length / 2), /odenet\.json is cut off or damaged: restore/],
    ['empty', () => '', /odenet\.json is cut off or damaged/],
    ['no object', () => '[1]', /odenet\.json is no file of odenet/],
    ['foreign', () => '{ "a": 1 }', /odenet\.json does not fit: it has no options of a training/],
    [
      'changed in one number',
      (text) => text.replace(/"parameters":"..../, '"parameters":"AAAA'),
      /odenet\.json is not as it was written \(its checksum differs\): restore/,
    ],
    [
      'of a later version',
      (text) => text.replace('"format":2', '"format":3'),
      /has the format 3, and .* reads 2/,
    ],
  ])('is refused: %s', async (_what, change, says) => {
    assert.match(await refusal(changed(whole, 'odenet.json', change), evaluated), says)
  })

  it.each<[what: string, change: (fields: Fields) => unknown, says: RegExp]>([
    [
      'too few parameters',
      (fields) => withState(fields, { parameters: withoutLast(fields.state.parameters) }),
      /odenet\.json does not fit: its parameters are 782 numbers where the net has 786; restore/,
    ],
    [
      'a number cut through',
      (fields) => withState(fields, { parameters: fields.state.parameters.slice(0, -3) }),
      /some of its numbers are cut off or damaged/,
    ],
    [
      'another net',
      (fields) => ({ ...fields, options: { ...fields.options, dim: 8 } }),
      /its parameters are 786 numbers where the net has \d{4}/,
    ],
    [
      'another kind of net',
      (fields) => ({ ...fields, options: { ...fields.options, net: 'stem' } }),
      /it holds a net of the kind 'stem'/,
    ],
    [
      'no running mean where that is what is tested',
      (fields) => ({ ...fields, options: { ...fields.options, average: 0.9 } }),
      /it lacks the running mean of the parameters/,
    ],
    [
      'parameters that are not finite',
      (fields) => withState(fields, { parameters: encode(new Float32Array(PARAMETERS).fill(NaN)) }),
      /its parameters are not all finite/,
    ],
    ['no velocity', (fields) => withState(fields, { velocity: undefined }), /it lacks the velocity/],
    ['no state', ({ options }) => ({ options }), /it holds no state of a training/],
  ])('of a version without checksums is refused: %s', async (_what, change, says) => {
    assert.match(await refusal(unsealed(whole, 'odenet.json', change), evaluated), says)
  })

  it('names a snapshot that does not fit', async () => {
    const cut = unsealed(whole, 'snapshot1.json', (fields) => ({
      ...fields,
      parameters: withoutLast(fields['parameters'] as string),
    }))
    assert.match(
      await refusal(cut, (run) => evaluated(run, true)),
      /snapshot1\.json does not fit: its parameters are 782/,
    )
  })

  it('goes well once the file is restored from a copy', async () => {
    const run = changed(whole, 'odenet.json', (text) => text.slice(0, 1000))
    await refusal(run, evaluated)
    cpSync(join(whole, 'odenet.json'), join(run, 'odenet.json'))
    assert.equal(await evaluated(run), 'completed')
  })
})

describe('--resume of a run that is not as it was written', { timeout: 300_000 }, () => {
  it.each<[what: string, change: (fields: Fields) => unknown, says: RegExp]>([
    [
      'too few parameters',
      (fields) => ({ ...fields, checkpoint: withState(fields.checkpoint as unknown as Fields, { parameters: withoutLast(fields.checkpoint.state.parameters) }) }), // prettier-ignore
      /checkpoint\.json does not fit: its parameters are 782 numbers where the net has 786/,
    ],
    [
      'the checkpoint of another run',
      (fields) => ({ ...fields, checkpoint: { ...fields.checkpoint, options: { ...fields.checkpoint.options, seed: 2 } } }), // prettier-ignore
      /it is of another run \(seed is 2, not 1\)/,
    ],
    [
      'an evaluation without its result',
      (fields) => ({
        ...fields,
        checkpoint: withState(fields.checkpoint as unknown as Fields, { evaluated: 2 }),
      }),
      /it is no whole state of a training/,
    ],
    [
      'a net that there is none of',
      (fields) => ({ ...fields, training: 'mine' }),
      /no whole state of a training/,
    ],
    ['nothing but a name', () => ({ odenet: true }), /it has no options of a training/],
  ])('is refused before anything is written: %s', async (_what, change, says) => {
    assert.match(await refusal(unsealed(stopped, 'checkpoint.json', change), continued), says)
  })

  it('is refused where data are missing, with the metrics as they were', async () => {
    const run = unsealed(stopped, 'checkpoint.json', (fields) => ({ ...fields, data: '/nowhere' }))
    assert.match(await refusal(run, continued), /There is no train-images/)
  })

  it.skipIf(process.platform === 'win32')(
    'is refused where a file is a pipe (Windows has none)',
    async () => {
      const run = copied(stopped)
      rmSync(join(run, 'checkpoint.json'))
      execFileSync('mkfifo', [join(run, 'checkpoint.json')])
      const says = await continued(run).catch((error: Error) => error.message)
      assert.match(says, /checkpoint\.json is a pipe, not a regular file/)
    },
  )

  it('names a line of the metrics that is none, and goes on without it', async () => {
    const run = changed(stopped, 'metrics.jsonl', (text) => text.replace(/"step":1,/, '"step":,'))
    assert.match(
      await refusal(run, continued),
      /Line 2 of .*metrics\.jsonl is no record of a run: remove the line/,
    )
    const file = join(run, 'metrics.jsonl')
    const lines = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, lines.toSpliced(1, 1).join('\n'))
    const { code, stderr } = await odenet(['train', '--resume', run])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /metrics\.jsonl lacks 1 of the 2 steps before the checkpoint/)
    assert.deepEqual(finishedNets(run), ['odenet', 'stem'])
  })
})

describe('what earlier versions wrote', () => {
  it('every committed run and net is read and fits', async () => {
    const results = fileURLToPath(new URL('../../../results', import.meta.url))
    const { test } = await loadMnist()
    let count = 0
    for (const name of readdirSync(results)) {
      const folder = join(results, name)
      if (finishedNets(folder).length === 0) continue
      assert.isNull(readState(folder).training)
      for (const net of finishedNets(folder)) {
        const checkpoint = readNet(folder, net)
        checkFits(join(folder, `${net}.json`), checkpoint, checkpoint.options, test)
        count++
      }
      for (const { file, parameters } of snapshotsIn(folder)) {
        const { options, state } = readNet(folder, 'odenet')
        checkFits(file, { options, state: { ...state, parameters } }, options, test)
      }
    }
    assert.isAtLeast(count, 4)
  })
})

it('createTrainer refuses the checkpoint of another net before it does anything', async () => {
  const { options, state } = readNet(whole, 'odenet')
  const { train } = await loadMnist(data)
  const cut = { options, state: { ...state, parameters: withoutLast(state.parameters) } }
  const error = await createTrainer(options, train, cut).catch((reason: unknown) => reason)
  assert.instanceOf(error, CheckpointMismatch)
  assert.match(
    error.message,
    /^The checkpoint does not fit: its parameters are 782 numbers .* as it was written\.$/,
  )
  const wider = await createTrainer({ ...options, dim: 8 }, train, { options, state }).catch(
    (reason: unknown) => reason,
  )
  assert.instanceOf(wider, CheckpointMismatch)
})
