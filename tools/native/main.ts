/** `npm run native`: builds the native TensorFlow backend, or checks the one that is there. */
import { dirname } from 'node:path'
import { CommandFailure } from '../command/failure.ts'
import { runToTheEnd } from '../command/runToTheEnd.ts'
import { secondsSince } from '../command/secondsSince.ts'
import { build } from './build.ts'
import { checkAddon } from './checkAddon.ts'
import { DEFAULT_FOLDER, HELP, readOptions } from './options.ts'
import { missingFor } from './requirements.ts'
import { stateOf } from './stamp.ts'

const say = (line: string): void => console.log(line)

async function main(signal: AbortSignal): Promise<void> {
  const { out, force, help } = readOptions(process.argv.slice(2))
  if (help) return say(HELP)
  const state = stateOf(out)
  if (state === 'foreign')
    throw new CommandFailure('usage', `${out} exists and was not built by this command: remove it, or give another folder with --out.`) // prettier-ignore
  const started = performance.now()
  if (state === 'current' && !force) {
    const version = await checkAddon(out, signal).catch((error: CommandFailure) => {
      const elsewhere = out === DEFAULT_FOLDER ? '' : ` --out ${out}`
      throw new CommandFailure(
        error.kind,
        `${error.message}\nBuild it again: npm run native -- --force${elsewhere}`,
      )
    })
    return say(
      `The native backend is in ${out} and works: TensorFlow ${version} loads and multiplies two matrices (${secondsSince(started)}).`,
    )
  }
  const missing = await missingFor(dirname(out))
  if (missing.length > 0) {
    const list = missing.map((what) => `- ${what}`).join('\n')
    throw new CommandFailure('requirement', `The native backend cannot be built here:\n${list}`)
  }
  if (state === 'outdated') say(`${out} was built from other versions; building it again.`)
  await build(out, signal, say)
  const variable = out === DEFAULT_FOLDER ? '' : ` where SOLVE_IVP_NATIVE=${out} is set`
  say(
    `The native backend is in ${out} (${secondsSince(started)}). \`--backend auto\` and \`--backend tensorflow\` take it${variable}.`,
  )
}

await runToTheEnd(main, 'Stopped; nothing was left behind.')
