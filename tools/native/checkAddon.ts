import { fileURLToPath } from 'node:url'
import { lastLines, run } from '../command/run.ts'
import { CommandFailure } from '../command/failure.ts'

const MULTIPLY = fileURLToPath(new URL('multiply.ts', import.meta.url))

/** Lets another process load the backend and compute with it; gives the version that TensorFlow says it has. */
export async function checkAddon(native: string, signal: AbortSignal): Promise<string> {
  const ended = await run(process.execPath, [MULTIPLY, native], { signal })
  if (ended.code === 0) return ended.stdout.trim()
  const how = ended.code === null ? `loading it ended its process with ${ended.signal}` : lastLines(ended)
  throw new CommandFailure('failed', `The native backend in ${native} does not work: ${how}`)
}
