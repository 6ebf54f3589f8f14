/** `npm run notebooks`: runs every notebook and compares what it shows with what is committed. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from '../command/run.ts'
import { secondsSince } from '../command/secondsSince.ts'
import { differences } from './compare.ts'
import { buildPackage, setUp, variables } from './environment.ts'
import { CommandFailure } from '../command/failure.ts'
import { readNotebook, writeNotebook } from './notebook.ts'
import { PLACES } from './places.ts'
import { runToTheEnd } from '../command/runToTheEnd.ts'

const HELP = `npm run notebooks [-- [--write] [NAME...]]

Runs the notebooks in notebooks/ (or those whose file names begin with a NAME) from top to bottom. It fails if a cell
fails, or if its output differs from the committed one: in its words, or in the first three digits of a number.
Cells tagged "volatile" only have to run. What they showed is left in .notebooks/executed.

  --write   replace the committed outputs by what the notebooks show now`

const say = (line: string): void => console.log(line)
/** The parts of a message that terminals colour are noise elsewhere. */
// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[\d;]*m/g

await runToTheEnd(async (signal) => {
  const { write, help, names } = readOptions()
  if (help) return say(HELP)
  const started = performance.now()
  const notebooks = chosen(names)
  const python = await setUp(PLACES.requirements, signal, say)
  await buildPackage(signal)
  const failed: string[] = []
  for (const notebook of notebooks) {
    const begun = performance.now()
    const problems = await execute(python, notebook, write, signal)
    say(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${notebook} (${secondsSince(begun)})`)
    for (const problem of problems) say(`       ${problem.replaceAll('\n', '\n       ')}`)
    if (problems.length > 0) failed.push(notebook)
  }
  if (failed.length > 0)
    throw new CommandFailure(
      'failed',
      `${failed.length} of ${notebooks.length} notebooks failed. If the new outputs are right: npm run notebooks -- --write ${failed.map((file) => file.split('-')[0]).join(' ')}`,
    )
  say(`${notebooks.length} notebooks ran (${secondsSince(started)}).`)
})

function readOptions(): { write: boolean; help: boolean; names: string[] } {
  try {
    const options = {
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    } as const
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    return { ...values, names: positionals }
  } catch (error) {
    throw new CommandFailure('usage', `${(error as Error).message}\n\n${HELP}`)
  }
}

function chosen(names: readonly string[]): string[] {
  const all = readdirSync(PLACES.notebooks).filter((file) => file.endsWith('.ipynb')).toSorted() // prettier-ignore
  const prefixes = names.map((name) => basename(name))
  const unknown = prefixes.find((prefix) => !all.some((file) => file.startsWith(prefix)))
  if (unknown !== undefined) throw new CommandFailure('usage', `No notebook's name begins with ${unknown}.`)
  return prefixes.length === 0
    ? all
    : all.filter((file) => prefixes.some((prefix) => file.startsWith(prefix)))
}

/** What is wrong with a notebook, in words. */
async function execute(python: string, name: string, write: boolean, signal: AbortSignal): Promise<string[]> {
  const source = join(PLACES.notebooks, name)
  const result = join(PLACES.executed, name)
  mkdirSync(PLACES.executed, { recursive: true })
  const { code, stderr } = await run(python, [PLACES.execute, source, result], { env: variables(), signal })
  signal.throwIfAborted()
  if (code !== 0 || !existsSync(result)) return [stderr.replaceAll(COLOURS, '').trim()]
  if (write) {
    writeNotebook(source, readNotebook(result))
    return []
  }
  return differences(readNotebook(source), readNotebook(result))
}
