/** The worker thread of `GradientPool`: one tfjs backend, one shard at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import { chooseBackend } from '../bridge/backend.ts'
import type { PoolRequest, WorkerReply, WorkerSetup } from './gradientPool.ts'
import { ShardModel } from './shard.ts'

const setup = workerData as WorkerSetup
const port = parentPort!
const send = (reply: WorkerReply): void => port.postMessage(reply)

const reporting = (body: () => WorkerReply): void => {
  try {
    send(body())
  } catch (error) {
    const { name, message, stack } = error as Error
    send({ kind: 'failed', name, message, stack: stack ?? '' })
  }
}

const backend = await chooseBackend(setup.backend)
const model = new ShardModel(setup.shape, setup.solve)
const parameters = new Float32Array(setup.parameters)
const gradient = new Float32Array(setup.gradient)

port.on('message', (request: PoolRequest) => {
  reporting(() => ({
    kind: 'done',
    response:
      request.kind === 'gradient'
        ? model.gradient(parameters, request.shard, gradient)
        : model.predict(parameters, request.shard),
  }))
})
send({ kind: 'ready', backend })
