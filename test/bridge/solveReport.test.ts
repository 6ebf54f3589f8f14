import { afterEach, assert, beforeAll, beforeEach, describe, it, vi } from 'vitest'
import { odeint, type OdeintOptions } from '../../src/bridge/index.ts'
import { forgetPrinted } from '../../src/bridge/solveReport.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'

describe('a gradient that is not to be trusted says so where nobody listens to onSolve', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  const said: string[] = []
  beforeEach(() => {
    said.length = 0
    forgetPrinted()
    vi.spyOn(console, 'warn').mockImplementation((text: string) => {
      // tfjs recommends itself at the first operation
      if (text.startsWith('odeint:')) said.push(text)
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const relax = (T: number, options: OdeintOptions<{ w: Tensor }>): void => {
    const f = (_t: Scalar, y: Tensor, { w }: { w: Tensor }): Tensor => w.sub(y)
    const loss = (w: Tensor): Tensor =>
      odeint(f, tf.scalar(0) as Tensor, [0, T], { ...options, params: { w } }).sum()
    tf.tidy(() => void tf.grad(loss)(tf.scalar(0.7)))
  }

  it.each(['flat', 'device'] as const)('once, if it was replaced: %s', (state) => {
    relax(100, { state })
    relax(100, { state })
    assert.lengthOf(said, 1)
    assert.match(said[0]!, /^odeint: .*replaced by 'interpolating'.*onSolve/)
  })

  it("if the steps of 'discrete' are at the limit of stability", () => {
    relax(300, { gradient: 'discrete' })
    assert.lengthOf(said, 1)
    assert.match(said[0]!, /'discrete' may be wrong/)
    said.length = 0
    forgetPrinted()
    relax(300, { gradient: 'interpolating', method: 'Radau' })
    assert.isEmpty(said)
  })

  it('if its certificate does not hold', () => {
    // A product that is zero
    const zero = (x: Tensor): unknown => ({ value: x.square(), gradFunc: (dy: Tensor) => dy.mul(0) })
    const spoilt = tf.customGrad(zero as Parameters<typeof tf.customGrad>[0])
    const f = (_t: Scalar, y: Tensor): Tensor => spoilt(y).neg()
    const loss = (h: Tensor): Tensor => odeint(f, h, [0, 1], { certify: true }).sum()
    tf.tidy(() => void tf.grad(loss)(tf.tensor1d([1, 0.5])))
    assert.lengthOf(said, 1)
    assert.match(said[0]!, /not to be trusted/)
  })

  it('and no other does, nor one of which onSolve is told', () => {
    relax(2, {})
    relax(2, { gradient: 'discrete' })
    const reports: string[] = []
    relax(100, { onSolve: ({ warnings }) => void reports.push(...warnings) })
    assert.isEmpty(said)
    assert.match(reports.join(), /replaced/)
  })
})
