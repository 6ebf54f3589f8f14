/** The worker thread of `studiesInThread`. */
import { parentPort, workerData } from 'node:worker_threads'
import { CompareFolder } from './compareFolder.ts'
import { runStudies } from './compareStudies.ts'
import { loadData } from './runData.ts'
import type { StudiesReply, StudiesSetup } from './studiesInThread.ts'

const { path } = workerData as StudiesSetup
const port = parentPort!
const stop = new AbortController()
port.once('message', () => stop.abort())

const send = (reply: StudiesReply): void => port.postMessage(reply)
try {
  const folder = CompareFolder.shared(path)
  const { members, data } = folder.plan
  await runStudies(folder, await loadData(members[0]!.options, data ?? undefined), stop.signal)
  send({ kind: 'done' })
} catch (error) {
  const { name, message, stack = '' } = error as Error
  send({ kind: 'failed', name, message, stack })
}
port.close()
