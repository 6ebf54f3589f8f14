import { afterAll, assert, beforeAll, describe, it } from 'vitest'
import { chooseBackend } from '../../../src/bridge/backend.ts'
import { tf } from '../../../src/bridge/tensor.ts'
import { evaluateOn } from '../../../src/model/evaluation.ts'
import { GradientPool } from '../../../src/model/gradientPool.ts'
import { pick } from '../../../src/model/imageSet.ts'
import { certificateStudy } from '../../../src/model/study/certificateStudy.ts'
import { MemoryNotMeasured } from '../../../src/model/study/errors.ts'
import { memoryStudy } from '../../../src/model/study/memoryStudy.ts'
import { noiseStudy, noisy } from '../../../src/model/study/noiseStudy.ts'
import { solverStudy } from '../../../src/model/study/solverStudy.ts'
import { range } from '../../../src/model/study/trainedNet.ts'
import { trajectoryStudy } from '../../../src/model/study/trajectoryStudy.ts'
import { solveOf } from '../../../src/model/trainedSolve.ts'
import { someImages, startingNet } from './smallNet.ts'

const images = someImages(20)
const net = startingNet(images)
const noPause = (): Promise<void> => Promise.resolve()

describe('studies of a trained net', { timeout: 300_000 }, () => {
  let before = 0
  beforeAll(async () => {
    await chooseBackend('wasm')
    before = tf.memory().numTensors
  })
  afterAll(() => assert.equal(tf.memory().numTensors, before, 'tensors left behind'))

  it('solve with tighter tolerances: more evaluations, nearer to the reference, and say where single precision ends', async () => {
    const { tolerances, solvers, reference } = await solverStudy(net, images, noPause)
    assert.deepEqual(
      tolerances.map(({ tolerance }) => tolerance),
      [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6],
    )
    assert.isAbove(tolerances[4]!.evaluations!, tolerances[0]!.evaluations!)
    assert.isBelow(tolerances[4]!.distance!, 0.1 * tolerances[0]!.distance!)
    assert.isBelow(tolerances[5]!.distance!, 1e-3)
    assert.equal(reference.distance, 0)
    assert.equal(reference.agreement, 1)
    assert.isNotEmpty(tolerances[5]!.warnings)
    assert.isEmpty(tolerances[2]!.warnings)
    const euler = solvers.filter(({ method }) => method === 'Euler')
    // One evaluation more checks f at the start
    assert.deepEqual(euler.map(({ evaluations }) => evaluations), [2, 3, 5]) // prettier-ignore
    assert.isBelow(euler[2]!.distance!, euler[0]!.distance!)
  })

  it('give the accuracy and the loss that the tests of a training give', async () => {
    const pool = await GradientPool.open(net.shape, solveOf(net.options), 'wasm', 1)
    pool.parameters.set(net.parameters)
    const expected = (await evaluateOn(pool, images))!
    await pool.close()
    const { solvers } = await solverStudy(net, images, noPause)
    const { rows } = await noiseStudy(net, images, 1, noPause)
    for (const { accuracy, loss, evaluations } of [solvers[0]!, rows[0]!]) {
      assert.closeTo(accuracy!, expected.accuracy, 1e-12)
      assert.closeTo(loss!, expected.loss, 1e-5)
      assert.equal(evaluations, expected.nfeForward)
    }
  })

  it('disturb pixels by the deviation that they say, the same for every net, within bytes', () => {
    const grey = { ...images, images: new Uint8Array(images.images.length).fill(128) }
    const noised = noisy(grey, 0.1, 7).images
    assert.deepEqual(noisy(grey, 0.1, 7).images, noised)
    assert.notDeepEqual(noisy(grey, 0.1, 8).images, noised)
    const variance = noised.reduce((sum, byte) => sum + (byte - 128) ** 2, 0) / noised.length
    assert.closeTo(Math.sqrt(variance) / 255, 0.1, 0.005)
    const white = noisy({ ...images, images: new Uint8Array(784).fill(255), n: 1 }, 0.5, 7).images
    assert.isAbove(white.filter((byte) => byte === 255).length, 300)
  })

  it.each([
    { gradient: 'adjoint', certified: 'adjoint' },
    { gradient: 'autodiff', certified: 'discrete', method: 'RK4', step: 0.5 },
  ] as const)('certify gradients along a training: $gradient', async ({ certified, ...solver }) => {
    const own = startingNet(images, { rtol: 1e-4, atol: 1e-4, ...solver })
    const shard = { ...pick(images, range(0, 4)), mask: null }
    const snapshots = [0, 5].map((step) => ({ step, epoch: step / 10, parameters: own.parameters }))
    const study = await certificateStudy(own, snapshots, [shard, shard], noPause)
    assert.equal(study.certified, certified)
    assert.equal(study.covers, 'h0 and parameters')
    assert.deepEqual(
      study.rows.map(({ step, batch }) => [step, batch]),
      [[0, 0], [0, 1], [5, 0], [5, 1]], // prettier-ignore
    )
    // The exact gradient of the steps is that of the tape; the continuous adjoint is off by its tolerance and what ReLUs make of it
    for (const { fromExact, reconstruction, isTrusted } of study.rows) {
      if (certified === 'discrete') assert.isTrue(isTrusted)
      assert.isBelow(fromExact, certified === 'discrete' ? 1e-3 : 0.3)
      assert.equal(reconstruction === null, certified === 'discrete')
    }
    assert.deepEqual({ ...study.rows[1]!, batch: 0 }, study.rows[0])
  })

  it('draw one path for each image, that begins at time 0 and whose components carry most of the variance', async () => {
    const { paths, means, explained, times } = await trajectoryStudy(net, images, noPause)
    assert.lengthOf(paths, images.n)
    assert.lengthOf(means, 10)
    assert.equal(times[0], 0)
    assert.equal(times.at(-1), 1)
    for (const { points } of paths) assert.lengthOf(points, times.length)
    assert.isAbove(explained[0], explained[1])
    assert.isAbove(explained[0] + explained[1], 0.6)
    assert.isAtMost(explained[0] + explained[1], 1 + 1e-9)
  })

  it('measure memory: that of the tape grows with the steps, that of the adjoint does not', async () => {
    const members = [{ ...net, id: 'own' }]
    const { steps, members: trained } = await memoryStudy(members, images, [2, 8], noPause)
    const [adjoint2, adjoint8, , , tape2, tape8] = steps.map(({ tensorBytes }) => tensorBytes)
    assert.isBelow(adjoint8!, 1.1 * adjoint2!)
    assert.isAbove(tape8!, 2.5 * tape2!)
    assert.deepEqual(trained.map(({ member }) => member), ['own']) // prettier-ignore
    for (const { residentBefore, residentPeak } of trained) assert.isAtLeast(residentPeak, residentBefore)
  })

  it('say why memory could not be measured', async () => {
    const members = [{ ...net, options: { ...net.options, backend: 'webgl' as const }, id: 'own' }]
    const failure: unknown = await memoryStudy(members, images, [2], noPause).catch((error: unknown) => error)
    assert.instanceOf(failure, MemoryNotMeasured)
    assert.equal(failure.end.reason, 'gradient')
    assert.match(failure.message, /webgl/)
  })

  it('stop where a pause says so', async () => {
    const stop = (): Promise<void> => Promise.reject(new Error('stopped'))
    const failure = await solverStudy(net, images, stop).catch((error: Error) => error.message)
    assert.equal(failure, 'stopped')
  })
})
