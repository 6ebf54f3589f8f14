import { join } from 'node:path'
import { secondsSince } from '../command/secondsSince.ts'
import { checkAddon } from './checkAddon.ts'
import { compileAddon } from './compileAddon.ts'
import { fetchBinding } from './fetchBinding.ts'
import { downloadWheel, unpackWheel } from './fetchTensorflow.ts'
import { TENSORFLOW, TFJS_NODE } from './pins.ts'
import { writeStamp } from './stamp.ts'
import { openWorkplace } from './workplace.ts'

/** Builds the backend beside `target` and moves it there when it has been seen to work. Whatever ends it leaves nothing else behind. */
export async function build(target: string, signal: AbortSignal, say: (line: string) => void): Promise<void> {
  const workplace = openWorkplace(target)
  const [native, wheel] = [join(workplace.path, 'native'), join(workplace.path, 'wheel')]
  let n = 0
  const step = async <T>(title: string, body: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    say(`[${++n}/5] ${title}`)
    const started = performance.now()
    const result = await body()
    say(`      ${secondsSince(started)}`)
    return result
  }
  try {
    const file = await step(
      `Downloading TensorFlow ${TENSORFLOW.version} from PyPI with pip: tensorflow-cpu, ${TENSORFLOW.megabytes} MB`,
      () => downloadWheel(wheel, signal),
    )
    await step('Unpacking its two libraries, without debugging symbols: 415 MB', () =>
      unpackWheel(file, wheel, signal),
    )
    await step(`Downloading tfjs-node ${TFJS_NODE.version} and what it needs from npm: about 2 MB`, () =>
      fetchBinding(workplace.path, native, signal),
    )
    await step('Compiling the addon that connects both', () => compileAddon(wheel, native, signal))
    await step('Trying it: loading, and multiplying two matrices', () => checkAddon(native, signal))
    writeStamp(native)
    workplace.publish()
  } finally {
    workplace.clear()
  }
}
