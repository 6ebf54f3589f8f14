import { assert, beforeAll, describe, it } from 'vitest'
import { odeint, type OdeintOptions, type SolveReport } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { IvpInputError } from '../../src/index.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'

describe('a backward solve on the device says what one on flat arrays says', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  /** What is told of the gradient of the sum at the end, and its evaluations. */
  function backward(rate: number, ts: number[], options: OdeintOptions<[]>): SolveReport {
    const reports: SolveReport[] = []
    const f = (_t: Scalar, h: Tensor): Tensor => h.mul(-rate)
    const onSolve = (report: SolveReport): void => void reports.push(report)
    const loss = (h: Tensor): Tensor => odeint(f, h, ts, { ...options, onSolve }).slice([ts.length - 1], [1]).sum() // prettier-ignore
    tf.tidy(() => void tf.grad(loss)(tf.tensor1d([1, 0])))
    return reports.find(({ phase }) => phase === 'backward')!
  }
  const both = (rate: number, ts: number[], options: OdeintOptions<[]>): SolveReport[] =>
    (['flat', 'device'] as const).map((state) => backward(rate, ts, { ...options, state }))

  it('of a first step whose error estimate vanished', () => {
    const options = {
      rtol: 1e-4,
      backward: { method: 'RK23', firstStep: 0.01, reconstruction: Infinity },
    } as const
    for (const { warnings } of both(100, [0, 0.5], options))
      assert.match(warnings.join(), /error estimate of RK23 vanished/)
  })

  it('of incoming gradients below `backward.atol`, once for all segments', () => {
    for (const { warnings } of both(1, [0, 0.5, 1], { backward: { atol: 100, reconstruction: Infinity } }))
      assert.lengthOf(
        warnings.filter((text) => text.includes('`incoming` is below `backward.atol`')),
        1,
      )
  })

  it('naming the backward options', () => {
    for (const { warnings } of both(1, [0, 1], { backward: { rtol: 1e-9 } }))
      assert.match(warnings.join(), /`backward\.rtol`/)
  })

  it('of a state that is found again to the bit, where nothing is allowed to be off', () => {
    const [flat, device] = both(0, [0, 1], { method: 'RK4', step: 0.25, atol: 0 })
    assert.isUndefined(device!.replacedBy)
    assert.equal(device!.nfev, flat!.nfev)
    assert.deepEqual(device!.warnings, flat!.warnings)
  })

  it('of `checkpoints`: a number that is none is refused, any other has no effect', () => {
    for (const state of ['flat', 'device'] as const)
      assert.throws(() => backward(1, [0, 1], { state, checkpoints: -3 }), IvpInputError, 'checkpoints')
    for (const { warnings } of both(1, [0, 1], { checkpoints: 5 }))
      assert.match(warnings.join(), /`checkpoints` has no effect on gradient 'backsolve'/)
  })
})
