/**
 * Does every call of `solveIvp` end, and with what it promises? Random calls over all methods, spans, states,
 * right-hand sides and options, each held to what must be true of any of them (lib/fuzzChecks.ts), on the
 * sources (src/index.ts).
 * Commands: node bench/fuzz.ts [--calls N] [--seed S], which writes bench/results/fuzz.json; for one call
 * node bench/fuzz.ts --replay SEED:INDEX [--shrink] or --input CASE. The exit code is 1 if there are alarms.
 */
import { parseArgs } from 'node:util'
import { makeRng } from '../src/model/rng.ts'
import { readCase, writeCase, type FuzzCase } from './lib/fuzzCase.ts'
import { drawCase } from './lib/fuzzDraw.ts'
import { shrink } from './lib/fuzzShrink.ts'
import { FuzzThread } from './lib/fuzzThread.ts'
import { machine, writeResult } from './lib/report.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
    input: { type: 'string' },
    shrink: { type: 'boolean', default: false },
  },
})

/** Cases in one request to the thread. */
const BATCH = 100
/** Seconds that one solve may take: in the search, and where it is made smaller. */
const LIMIT = { search: 60, shrink: 10 }
/** Tries for a case that ends with the thread. */
const COSTLY_TRIES = 12

/** An alarm of one method: its cause may be another one than in the next method. */
interface Kind {
  readonly what: string
  readonly method: string
  count: number
  /** Of the first one. */
  readonly replay: string
  readonly first: FuzzCase
}

interface Shown {
  readonly count: number
  readonly replay: string
  readonly detail: string
  /** For `--input`. */
  readonly input: string
}

const thread = new FuzzThread()

/** The alarms of one case, or of the loss of its thread. */
async function alarmsOf(given: FuzzCase, limit: number): Promise<{ what: string; detail: string }[]> {
  const answer = await thread.ask({ text: writeCase(given) }, limit)
  return 'what' in answer ? [{ what: answer.what, detail: '' }] : [...answer.alarms]
}

async function smallestOf(given: FuzzCase, what: string): Promise<FuzzCase> {
  const isAlarming = async (smaller: FuzzCase): Promise<boolean> =>
    (await alarmsOf(smaller, LIMIT.shrink)).some((alarm) => alarm.what === what)
  return shrink(given, isAlarming, ...(isCostly(what) ? [COSTLY_TRIES] : []))
}

async function show(given: FuzzCase): Promise<void> {
  console.log(writeCase(given))
  const alarms = await alarmsOf(given, LIMIT.search)
  for (const { what, detail } of alarms) console.log(`ALARM ${what}: ${detail}`)
  if (alarms.length === 0) console.log('no alarm')
  process.exitCode = alarms.length === 0 ? 0 : 1
  if (!values.shrink) return
  for (const { what } of alarms) console.log(`${what}: ${writeCase(await smallestOf(given, what))}`)
}

async function search(seed: number, calls: number): Promise<void> {
  const rng = makeRng(seed)
  const endings: Record<string, number> = {}
  const kinds = new Map<string, Kind>()
  const note = (index: number, given: FuzzCase, what: string): void => {
    const { method } = given
    const key = `${what} | ${method}`
    const known = kinds.get(key)
    if (known !== undefined) {
      known.count++
      return
    }
    const replay = `node bench/fuzz.ts --replay ${seed}:${index}`
    kinds.set(key, { what, method, count: 1, replay, first: given })
    clearLine(`ALARM ${what} (${method}), ${replay}\n`)
  }
  const began = performance.now()
  for (let from = 0; from < calls;) {
    const to = Math.min(calls, from + BATCH)
    const answer = await thread.ask({ seed, from, to }, LIMIT.search)
    if ('what' in answer) {
      // What came before it in the batch is asked again, alone
      const { index, what } = answer
      note(index, drawCase(rng.fork(String(index))), what)
      endings['lost'] = (endings['lost'] ?? 0) + 1
      if (index > from) collect(await thread.ask({ seed, from, to: index }, LIMIT.search))
      from = index + 1
    } else {
      collect(answer)
      from = to
    }
    if (process.stdout.isTTY) {
      const rate = (1e3 * from) / (performance.now() - began)
      const found = [...kinds.values()].reduce((sum, { count }) => sum + count, 0)
      clearLine(
        `${from} of ${calls} calls, ${rate.toFixed(0)} a second, ${found} alarms of ${kinds.size} kinds`,
      )
    }
  }
  clearLine('')

  function collect(answer: Awaited<ReturnType<FuzzThread['ask']>>): void {
    if ('what' in answer) return
    for (const [ending, count] of Object.entries(answer.endings))
      endings[ending] = (endings[ending] ?? 0) + count
    for (const { index, text, what } of answer.alarms) note(index, readCase(text), what)
  }

  const byWhat = new Map<string, Record<string, Shown>>()
  for (const kind of [...kinds.values()].sort((a, b) => b.count - a.count)) {
    const methods = byWhat.get(kind.what) ?? {}
    methods[kind.method] = await shownOf(kind)
    byWhat.set(kind.what, methods)
  }
  const alarms = [...byWhat]
    .map(([what, methods]) => {
      const all = Object.values(methods)
      const smallest = all.reduce((a, b) => (b.input.length < a.input.length ? b : a))
      return { what, count: all.reduce((sum, { count }) => sum + count, 0), smallest, methods }
    })
    .sort((a, b) => b.count - a.count)
  for (const { what, count, smallest, methods } of alarms) {
    const each = Object.entries(methods).map(([method, shown]) => `${method} ${shown.count}`)
    console.log(`\n${count} x ${what}: ${each.join(', ')}\n  ${smallest.detail}`)
    console.log(`  ${smallest.replay}\n  --input '${smallest.input}'`)
  }
  const seconds = (performance.now() - began) / 1e3
  console.log(
    `\n${calls} calls in ${seconds.toFixed(0)} s: ${JSON.stringify(endings)}; ${alarms.length} kinds of alarms`,
  )
  writeResult('fuzz', {
    command: `node bench/fuzz.ts --calls ${calls} --seed ${seed}`,
    ...machine(),
    sources: 'src/index.ts',
    seed,
    calls,
    seconds,
    endings,
    alarms,
  })
  process.exitCode = alarms.length === 0 ? 0 : 1
}

/** The kind's first case, made small. */
async function shownOf({ what, count, replay, first }: Kind): Promise<Shown> {
  const smaller = await smallestOf(first, what)
  const again = isCostly(what) ? [] : await alarmsOf(smaller, LIMIT.shrink)
  const detail = again.find((alarm) => alarm.what === what)?.detail ?? ''
  return { count, replay, detail, input: writeCase(smaller) }
}

/** Ends with the thread, or after very many calls. */
function isCostly(what: string): boolean {
  return what.startsWith('never ends') || what === 'memory runs out'
}

function clearLine(text: string): void {
  process.stdout.write(process.stdout.isTTY ? `\r\u001b[2K${text}` : text)
}

if (values.input !== undefined) await show(readCase(values.input))
else if (values.replay !== undefined) {
  const [seed, index] = values.replay.split(':')
  await show(drawCase(makeRng(Number(seed)).fork(index!)))
} else await search(Number(values.seed), Number(values.calls))
await thread.end()
