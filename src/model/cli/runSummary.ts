import { join } from 'node:path'
import { readMetrics } from '../metrics.ts'
import { thisMachine } from './machine.ts'
import type { RunFolder, RunState } from './runFolder.ts'

export const SUMMARY = 'summary.json'

/** Writes `summary.json`: what a completed run was and what it reached, for tables and other programs. Accuracies are fractions. */
export async function writeSummary(folder: RunFolder, state: RunState): Promise<void> {
  const { options, finished, preset, command } = state
  const { dataset, gradient, method, step, rtol, atol, epochs, seed } = options
  const records = await readMetrics(join(folder.path, 'metrics.jsonl'))
  const tests = records.filter((record) => record.kind === 'eval').filter(({ net }) => net === options.net)
  const trained = records
    .filter((record) => record.kind === 'step')
    .findLast(({ net }) => net === options.net)
  const summary = {
    preset,
    dataset,
    net: options.net,
    ...(options.net === 'odenet' ? { gradient, method, ...(step === null ? { rtol, atol } : { step }) } : {}),
    testAccuracy: finished[options.net] ?? null,
    stemAccuracy: finished.stem ?? null,
    testAccuracyByEpoch: tests.map(({ accuracy }) => accuracy),
    epochs,
    images: trained?.images ?? 0,
    trainingSeconds: trained?.seconds ?? 0,
    seed,
    backend: state.backend,
    workers: options.workers,
    ...thisMachine(),
    command,
  }
  folder.write(SUMMARY, `${JSON.stringify(summary, null, 2)}\n`)
}
