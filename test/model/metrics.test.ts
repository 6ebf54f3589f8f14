import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MetricsWriter, readMetrics, type RunRecord, type StepRecord } from '../../src/model/metrics.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'metrics-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

let files = 0
const newPath = (): string => join(dir, `run-${files++}`, 'metrics.jsonl')

const step = (k: number, loss = 2.3): StepRecord => ({
  kind: 'step',
  net: 'odenet',
  step: k,
  epoch: k / 10,
  images: 32 * k,
  seconds: 0.5 * k,
  loss,
  accuracy: 0.125,
  lr: 0.1,
  nfeForward: 14,
  nfeBackward: 20,
  imagesPerSecond: 64,
})

const RUN: RunRecord[] = [
  {
    kind: 'config',
    seed: 7,
    startedAt: '2026-01-02T03:04:05Z',
    options: { preset: 'quick', rtol: 1e-2, stop: null },
  },
  step(1),
  { ...step(2), net: 'stem' },
  { kind: 'eval', net: 'stem', step: 2, images: 64, seconds: 1, accuracy: 0.5, loss: 1.5, nfeForward: 0 },
  {
    kind: 'done',
    outcome: 'completed',
    seconds: 9,
    images: 64,
    stemAccuracy: 0.5,
    accuracy: null,
    message: 'All “steps” were taken.',
  },
]

const written = (records: RunRecord[]): string => {
  const path = newPath()
  const writer = new MetricsWriter(path)
  for (const record of records) writer.write(record)
  writer.close()
  return path
}

describe('MetricsWriter', () => {
  test('writes what readMetrics gives back, one line of JSON each, making the folder', async () => {
    const path = written(RUN)
    expect(await readMetrics(path)).toEqual(RUN)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as RunRecord).kind)).toEqual(RUN.map((r) => r.kind))
  })

  test('shows each line to readers before it is closed', async () => {
    const path = newPath()
    const writer = new MetricsWriter(path)
    for (let k = 1; k <= 3; k++) {
      writer.write(step(k))
      expect(await readMetrics(path)).toHaveLength(k)
    }
    writer.close()
  })

  test('appends to an earlier run', async () => {
    const path = written([step(1)])
    const writer = new MetricsWriter(path)
    writer.write(step(2))
    writer.close()
    expect(await readMetrics(path)).toEqual([step(1), step(2)])
  })

  test('keeps a loss that is not finite', async () => {
    const records = [step(1, Number.NaN), step(2, Infinity), step(3, -Infinity)]
    expect(await readMetrics(written(records))).toEqual(records)
  })

  test('releases the file: closing twice is harmless, writing afterwards is an error', () => {
    const writer = new MetricsWriter(newPath())
    writer.close()
    writer.close()
    expect(() => writer.write(step(1))).toThrow(/closed/)
  })

  test('cuts off a torn last line and completes one that lacks only its line break', async () => {
    for (let cut = 1; cut < 40; cut++) {
      const path = written([step(1), step(2)])
      truncateSync(path, readFileSync(path).length - cut)
      const writer = new MetricsWriter(path)
      writer.write(step(3))
      writer.close()
      expect(await readMetrics(path)).toEqual(cut === 1 ? [step(1), step(2), step(3)] : [step(1), step(3)])
    }
  })

  test('leaves a file alone that ends in anything else', () => {
    const path = join(dir, 'notes.txt')
    writeFileSync(path, 'my notes')
    expect(() => new MetricsWriter(path)).toThrow(/no record/)
    expect(readFileSync(path, 'utf8')).toBe('my notes')
  })

  test('says where it cannot write', () => {
    expect(() => new MetricsWriter(dir)).toThrow(
      expect.objectContaining({ _tag: 'DataError', reason: 'unwritable', path: dir }),
    )
  })
})

describe('readMetrics', () => {
  test('leaves out a last line that was cut anywhere', async () => {
    const path = written(RUN.slice(0, 3))
    const bytes = readFileSync(path)
    const whole = bytes.subarray(0, -1).lastIndexOf('\n') + 1
    for (let size = whole; size <= bytes.length; size++) {
      writeFileSync(path, bytes.subarray(0, size))
      expect(await readMetrics(path), `${size} bytes`).toHaveLength(size < bytes.length - 1 ? 2 : 3)
    }
  })

  test.each([
    ['broken JSON', '{"kind":'],
    ['an unknown kind', '{"kind":"toString"}'],
    ['a field missing', JSON.stringify({ ...step(1), lr: undefined })],
    ['a field of the wrong type', JSON.stringify({ ...step(1), loss: '2.3' })],
    ['an unknown net', JSON.stringify({ ...step(1), net: 'mlp' })],
    ['an empty line', ''],
  ])('names the line with %s', async (_, line) => {
    const path = written([step(1)])
    appendFileSync(path, `${line}\n${JSON.stringify(step(2))}\n`)
    await expect(readMetrics(path)).rejects.toMatchObject({
      _tag: 'DataError',
      reason: 'record',
      message: expect.stringContaining('Line 2 of'),
    })
  })

  test('says that a file is missing', async () => {
    await expect(readMetrics(join(dir, 'none'))).rejects.toMatchObject({ reason: 'missing' })
  })
})
