import { existsSync } from 'node:fs'
import { afterAll, assert, beforeAll, describe, it } from 'vitest'
import { chooseBackend, NoBlockingReads, odeint, odeintAsync } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { initWebgpu } from '../../src/bridge/webgpuBackend.ts'
import { skipUnless } from '../skipUnless.ts'
import { fill, largestDifference, net } from './tensorProblems.ts'

/** Chromium's software driver, for machines without a GPU. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (process.env['VK_ICD_FILENAMES'] === undefined && existsSync(SWIFTSHADER)) {
  process.env['VK_ICD_FILENAMES'] = SWIFTSHADER
}

const obstacle: string | null = await initWebgpu().then(
  () => null,
  (error: Error) => error.message,
)

describe.skipIf(skipUnless(obstacle === null, 'odeintAsync on WebGPU', obstacle ?? ''))(
  'odeintAsync on WebGPU',
  () => {
    beforeAll(async () => {
      const { name, reason } = await chooseBackend('webgpu')
      assert.equal(name, 'webgpu')
      assert.match(reason, /odeintAsync.*as asked for/)
    })
    afterAll(async () => {
      await tf.setBackend('cpu')
      tf.removeBackend('webgpu')
    })

    it('gives solution, gradients and evaluations of the cpu backend, and leaves no tensor behind', async () => {
      const solveOn = async (backend: string): Promise<{ nfev: number[]; numbers: number[][] }> => {
        await tf.setBackend(backend)
        const before = tf.memory().numTensors
        const inputs = { h0: fill([64, 3], 0), w: fill([3, 3], 1), b: fill([3], 2) }
        const { h0, w, b } = inputs
        const nfev: number[] = []
        const ts = tf.tensor1d([0, 0.3, 1])
        const dy = fill([3, 64, 3], 3)
        const solved = await odeintAsync(net, h0, ts, {
          params: { w, b },
          method: 'RK23',
          rtol: 1e-3,
          atol: 1e-5,
          onSolve: (report) => nfev.push(report.nfev),
        })
        const gradients = await solved.pullback(dy)
        const all = [solved.solution, gradients.h0, gradients.params.w, gradients.params.b, gradients.ts!]
        const numbers = await Promise.all(all.map(async (tensor) => Array.from(await tensor.data())))
        solved.dispose()
        tf.dispose([h0, w, b, ts, dy, ...all])
        assert.equal(tf.memory().numTensors, before)
        return { nfev, numbers }
      }
      const cpu = await solveOn('cpu')
      const gpu = await solveOn('webgpu')
      assert.deepEqual(gpu.nfev, cpu.nfev)
      gpu.numbers.forEach((numbers, i) =>
        assert.isBelow(largestDifference(numbers, cpu.numbers[i]!), 1e-3, `output ${i}`),
      )
    })

    it('a solve with blocking reads is refused by name', async () => {
      await tf.setBackend('webgpu')
      const h0 = tf.tensor1d([1])
      const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()
      assert.throws(() => odeint(decay, h0, [0, 1]), NoBlockingReads, 'odeintAsync')
      h0.dispose()
    })
  },
)
