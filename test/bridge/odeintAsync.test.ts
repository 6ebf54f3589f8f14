import { afterEach, assert, beforeAll, beforeEach, describe, it, vi } from 'vitest'
import { odeint, odeintAsync, SolveFailed, UntrackedVariable } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor1D } from '../../src/bridge/tensor.ts'
import { initWasm } from '../../src/bridge/wasmBackend.ts'
import { IvpInputError } from '../../src/index.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { fill, net, values } from './tensorProblems.ts'

const loose = { rtol: 1e-3, atol: 1e-5 }

/** The parts of a backend that read. */
interface Reads {
  read(id: object): Promise<unknown>
  readSync(id: object): unknown
}

/**
 * Makes the current backend one as WebGPU's: a read takes a turn of the event loop, and none is to be had at once. The cpu backend's own kernels read their inputs
 * at once, so that blocking reads are only refused to tensors' `dataSync`.
 */
function withoutBlockingReads(): void {
  const backend = tf.backend() as unknown as Reads
  const read = backend.read.bind(backend)
  vi.spyOn(backend, 'read').mockImplementation(async (id) => {
    await new Promise((resolve) => setImmediate(resolve))
    return read(id)
  })
  vi.spyOn(tf.Tensor.prototype, 'dataSync').mockImplementation(() => {
    throw new Error('this backend cannot read at once')
  })
}

describe.each(['cpu', 'wasm'])(
  'odeintAsync on the %s backend, with reads that take a turn of the event loop',
  (name) => {
    noTensorIsLeft()
    beforeAll(async () => {
      if (name === 'wasm') await initWasm()
      await tf.setBackend(name)
    })
    beforeEach(() => {
      withoutBlockingReads()
    })
    afterEach(() => {
      vi.restoreAllMocks()
    })
    const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()

    it('gives the bits of odeint with the state on the device: solution and gradients, several times', async () => {
      const make = (): { h0: Tensor; w: Tensor; b: Tensor; ts: Tensor1D; dy: Tensor } => ({
        h0: fill([4, 3], 0),
        w: fill([3, 3], 1),
        b: fill([3], 2),
        ts: tf.tensor1d([0, 0.3, 1]),
        dy: fill([3, 4, 3], 3),
      })
      const { h0, w, b, ts, dy } = make()
      const reports: string[] = []
      const onSolve = ({ phase, nfev }: { phase: string; nfev: number }): void =>
        void reports.push(`${phase} ${nfev}`)
      const solved = await odeintAsync(net, h0, ts, { params: { w, b }, ...loose, onSolve })
      const gradients = await solved.pullback(dy)
      vi.restoreAllMocks()
      tf.tidy(() => {
        const inputs = [h0, w, b, ts]
        const { value, grads } = tf.valueAndGrads((h, w1, b1, times) =>
          odeint(net, h!, times as never, { params: { w: w1!, b: b1! }, ...loose, onSolve, state: 'device' }),
        )(inputs, dy)
        assert.deepEqual(solved.solution.shape, [3, 4, 3])
        assert.deepEqual(values(solved.solution), values(value))
        const { h0: a, params, ts: gradTs } = gradients
        ;[a, params.w, params.b, gradTs!].forEach((grad, i) =>
          assert.deepEqual(values(grad), values(grads[i]!)),
        )
      })
      assert.deepEqual(reports.slice(0, 2), reports.slice(2))
      solved.dispose()
      tf.dispose([
        h0,
        w,
        b,
        ts,
        dy,
        solved.solution,
        gradients.h0,
        gradients.params,
        gradients.ts!,
      ] as Tensor[])
    })

    it('trains: the gradient of a loss at the solution is handed to the pullback', async () => {
      const rate = tf.tidy(() => tf.variable(tf.scalar(0.1), true, `rate of ${name}`))
      const f = (_t: Scalar, h: Tensor, { w }: { w: Tensor }): Tensor => h.mul(w)
      const optimizer = tf.train.sgd(0.1)
      const h0 = tf.tensor1d([1])
      for (let i = 0; i < 30; i++) {
        const solved = await odeintAsync(f, h0, [0, 1], { params: { w: rate }, ...loose })
        const { value, grad } = tf.valueAndGrad((h) => h.slice([1], [1]).sub(2).square().sum())(
          solved.solution,
        )
        const gradients = await solved.pullback(grad)
        optimizer.applyGradients({ [rate.name]: gradients.params.w } as never)
        solved.dispose()
        tf.dispose([value, grad, solved.solution, gradients.h0, gradients.params.w])
      }
      vi.restoreAllMocks()
      assert.closeTo(values(rate)[0]!, Math.log(2), 1e-2)
      tf.dispose([rate, h0])
      optimizer.dispose()
    })

    it('solves side by side; inputs may be disposed while it runs', async () => {
      const solves = [1, 2, 3].map((factor) => {
        const h0 = tf.tensor1d([factor])
        const w = tf.tensor1d([-factor])
        const f = (_t: Scalar, h: Tensor, p: { w: Tensor }): Tensor => h.mul(p.w)
        const solving = odeintAsync(f, h0, [0, 1], { params: { w }, ...loose })
        tf.dispose([h0, w])
        return solving
      })
      const solved = await Promise.all(solves)
      vi.restoreAllMocks()
      solved.forEach(({ solution, dispose }, i) => {
        assert.closeTo(values(solution)[1]!, (i + 1) * Math.exp(-i - 1), 1e-2)
        solution.dispose()
        dispose()
      })
    })

    it('takes arrays and records of tensors', async () => {
      const h0 = { p: tf.tensor1d([1, 0]), q: tf.tensor1d([0, 1]) }
      const f = (_t: Scalar, { p, q }: { p: Tensor; q: Tensor }) => ({ p: q.mul(1), q: p.neg() })
      const solved = await odeintAsync(f, h0, [0, 1], { rtol: 1e-5, atol: 1e-6 })
      const dy = { p: tf.zeros([2, 2]), q: tf.tensor2d([[0, 0], [1, 0]]) } // prettier-ignore
      const gradients = await solved.pullback(dy)
      vi.restoreAllMocks()
      assert.closeTo(values(solved.solution.p)[2]!, Math.cos(1), 1e-4)
      assert.closeTo(values(gradients.h0.p)[0]!, -Math.sin(1), 1e-4)
      assert.isNull(gradients.ts)
      assert.deepEqual(gradients.params, [])
      solved.dispose()
      tf.dispose([h0, solved.solution, dy, gradients.h0] as never)
    })

    it('a failure, an abort between two awaits and a throwing f leave nothing behind', async () => {
      const h0 = tf.tensor1d([1])
      const blowup = (_t: Scalar, h: Tensor): Tensor => h.square()
      const failed = (await rejection(odeintAsync(blowup, h0, [0, 0.5, 2], loose))) as SolveFailed
      assert.instanceOf(failed, SolveFailed)
      assert.deepEqual(Array.from(failed.partial.t), [0, 0.5])
      const controller = new AbortController()
      let calls = 0
      const counting = (t: Scalar, h: Tensor): Tensor => {
        if (++calls === 20) controller.abort()
        return decay(t, h)
      }
      const aborted = await rejection(
        odeintAsync(counting, h0, [0, 50], { ...loose, signal: controller.signal }),
      )
      assert.equal((aborted as SolveFailed).failure.kind, 'aborted')
      assert.isBelow(calls, 30)
      const throwing = (_t: Scalar, h: Tensor): Tensor => {
        if (++calls > 40) throw new RangeError('mine')
        return h.neg()
      }
      assert.instanceOf(await rejection(odeintAsync(throwing, h0, [0, 50], loose)), RangeError)
      const poisonous = tf.customGrad((x: unknown) => ({
        value: (x as Tensor).neg(),
        gradFunc: (dy: Tensor) => dy.mul(NaN),
      }))
      const solved = await odeintAsync((_t, h: Tensor) => poisonous(h), h0, [0, 1], loose)
      const ones = tf.ones([2, 1])
      const backward = (await rejection(solved.pullback(ones))) as SolveFailed
      assert.equal(backward.phase, 'backward')
      assert.equal(backward.partial.states.length, 2)
      solved.dispose()
      tf.dispose([h0, solved.solution, ones])
    })

    it('a read that fails leaves nothing behind', async () => {
      const h0 = tf.tensor1d([1])
      let reads = 0
      vi.spyOn(tf.backend() as unknown as Reads, 'read').mockImplementation(async () => {
        await Promise.resolve()
        if (++reads > 3) throw new Error('device lost')
        return Float32Array.of(1)
      })
      assert.match((await rejection(odeintAsync(decay, h0, [0, 1], loose))).message, /device lost/)
      h0.dispose()
    })

    it('may be disposed while a pullback runs, and refuses the next one', async () => {
      const h0 = tf.tensor1d([1])
      const w = tf.tensor1d([-1])
      const solved = await odeintAsync((_t, h: Tensor, p: { w: Tensor }) => h.mul(p.w), h0, [0, 1], {
        params: { w },
      })
      const ones = tf.ones([2, 1])
      const pulling = solved.pullback(ones)
      solved.dispose()
      solved.dispose()
      const gradients = await pulling
      assert.instanceOf(await rejection(solved.pullback(ones)), IvpInputError)
      vi.restoreAllMocks()
      // The first entry of the solution is h0 itself
      assert.closeTo(values(gradients.h0)[0]!, 1 + Math.exp(-1), 1e-2)
      tf.dispose([h0, w, ones, solved.solution, gradients.h0, gradients.params.w])
    })

    it('names bad input before any work', async () => {
      const h0 = tf.tensor1d([1])
      const hidden = tf.tidy(() => tf.variable(tf.scalar(2), true, `hidden of ${name}`))
      const reading = (_t: Scalar, h: Tensor): Tensor => h.mul(hidden)
      assert.instanceOf(await rejection(odeintAsync(reading, h0, [0, 1])), UntrackedVariable)
      // Passed, but read from the closure: the gradient would miss it
      const passed = odeintAsync(reading, h0, [0, 1], { params: { hidden } })
      assert.instanceOf(await rejection(passed), UntrackedVariable)
      const option = async (solving: Promise<unknown>): Promise<string> =>
        ((await rejection(solving)) as IvpInputError).option
      assert.equal(await option(odeintAsync(decay, h0, [0, 1], { state: 'flat' })), 'state')
      assert.equal(await option(odeintAsync(decay, h0, [0, 1], { gradient: 'discrete' })), 'gradient')
      assert.equal(await option(odeintAsync(decay, h0, [0, 1], { method: 'BDF' })), 'method')
      assert.equal(await option(odeintAsync(decay, h0, [1, 1])), 'ts')
      assert.equal(await option(odeintAsync(decay, [1] as never, [0, 1])), 'h0[0]')
      assert.equal(await option(odeintAsync(decay, h0, [0, 1], { params: { w: 1 } as never })), 'params.w')
      const solved = await odeintAsync(decay, h0, [0, 1])
      const wrong = tf.ones([1])
      assert.equal(await option(solved.pullback(wrong)), 'incoming')
      solved.dispose()
      tf.dispose([h0, hidden, wrong, solved.solution])
    })
  },
)

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('it was not rejected')
}

it('odeintAsync does not advise what it refuses', async () => {
  await tf.setBackend('cpu')
  const h0 = tf.tensor1d([1])
  const ask = (gradient: 'interpolating' | 'backsolve') => odeintAsync((_t, h) => h.neg(), h0, [0, 1], { gradient }) // prettier-ignore
  const error = await ask('interpolating').then(() => null, (reason: unknown) => reason as IvpInputError) // prettier-ignore
  assert.equal(error!.expected, "must be 'backsolve' with `odeintAsync`, whose state is on the device")
  const { solution, dispose } = await ask('backsolve')
  assert.closeTo(values(solution)[1]!, Math.exp(-1), 1e-3)
  dispose()
  tf.dispose([solution, h0])
})
