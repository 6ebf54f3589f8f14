/** One thread of the fuzz: checks the cases that it is told, and shows that it is alive. */
import { parentPort, workerData } from 'node:worker_threads'
import { makeRng } from '../../src/model/rng.ts'
import type { Alarm } from '../lib/fuzzAlarm.ts'
import { readCase, writeCase } from '../lib/fuzzCase.ts'
import { check, type Ending } from '../lib/fuzzChecks.ts'
import { drawCase } from '../lib/fuzzDraw.ts'

/** Cases `from` to `to` - 1 of a seed's, or one case as text. */
export type FuzzRequest =
  { readonly seed: number; readonly from: number; readonly to: number } | { readonly text: string }

export interface FuzzAnswer {
  readonly endings: Partial<Record<Ending, number>>
  readonly alarms: ReadonlyArray<Alarm & { readonly index: number; readonly text: string }>
}

/** [case at hand, solves begun] */
const pulse = workerData as Int32Array

parentPort!.on('message', (request: FuzzRequest) => {
  const cases =
    'text' in request
      ? [{ index: 0, given: readCase(request.text) }]
      : Array.from({ length: request.to - request.from }, (_, i) => {
          const index = request.from + i
          return { index, given: drawCase(makeRng(request.seed).fork(String(index))) }
        })
  const endings: Partial<Record<Ending, number>> = {}
  const alarms: (Alarm & { index: number; text: string })[] = []
  for (const { index, given } of cases) {
    pulse[0] = index
    const verdict = check(given, () => Atomics.add(pulse, 1, 1))
    endings[verdict.ending] = (endings[verdict.ending] ?? 0) + 1
    for (const { what, detail } of verdict.alarms)
      alarms.push({ what, detail: detail.slice(0, 300), index, text: writeCase(given) })
  }
  parentPort!.postMessage({ endings, alarms } satisfies FuzzAnswer)
})
