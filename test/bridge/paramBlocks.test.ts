import { assert, beforeAll, describe, it } from 'vitest'
import { odeint, type SolveReport } from '../../src/bridge/index.ts'
import { tf, type Tensor1D } from '../../src/bridge/tensor.ts'

describe("norm 'blocks' on tensors", () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it('takes each parameter tensor for itself: one without effect changes no step', () => {
    const count = (unused: number): number =>
      tf.tidy(() => {
        const reports: SolveReport[] = []
        const loss = (h0: Tensor1D): Tensor1D =>
          odeint((_t, h: Tensor1D, { w }) => h.mul(w!) as Tensor1D, h0, [0, 2], {
            params: { w: tf.tensor1d([-0.6]), rest: tf.zeros([unused]) } as Record<string, Tensor1D>,
            backward: { norm: 'blocks' },
            rtol: 1e-4,
            onSolve: (report) => reports.push(report),
          }).sum() as Tensor1D
        tf.grad(loss as never)(tf.tensor1d([3]))
        return reports.find(({ phase }) => phase === 'backward')!.nfev
      })
    assert.equal(count(1000), count(1))
  })
})
