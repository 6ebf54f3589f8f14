import { assert, beforeAll, describe, it } from 'vitest'
import { chooseBackend, odeint, type OdeintOptions, type SolveReport } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'

type Params = { readonly w: Tensor; readonly b: Tensor }

const parameters = (): Params => ({
  w: tf.tensor2d([0.5, -1.2, 0.8, 0.3, 0.9, -0.4, -0.7, 0.2, 1.1], [3, 3]),
  // As biases begin
  b: tf.zeros([3]),
})

/** Tanh whose gradient is that of tanh times a factor. */
const tanhWith = (factor: number): ((x: Tensor) => Tensor) =>
  tf.customGrad((x: unknown, save: unknown) => {
    const value = tf.tanh(x as Tensor)
    ;(save as (tensors: Tensor[]) => void)([value])
    const gradFunc = (dy: Tensor, [y]: Tensor[]): Tensor => dy.mul(tf.sub(1, y!.square())).mul(factor)
    return { value, gradFunc }
  }) as (x: Tensor) => Tensor

const report = (f: typeof field, options: Partial<OdeintOptions<Params>>): SolveReport => {
  let found: SolveReport | undefined
  const onSolve = (of: SolveReport): void => {
    if (of.phase === 'backward') found = of
  }
  tf.tidy(() => {
    const params = parameters()
    const loss = (h: Tensor, w: Tensor, b: Tensor): Scalar =>
      odeint(f, h, [0, 0.5, 1], { certify: true, ...options, params: { w, b }, onSolve })
        .square()
        .sum()
    tf.grads(loss as never)([tf.tensor2d([[0.2, -0.4, 0.9]]), params.w, params.b])
  })
  return found!
}

const field = (_t: Scalar, h: Tensor, { w, b }: Params): Tensor => h.matMul(w).add(b).tanh()

describe.each(['cpu', 'wasm'] as const)('certificates of gradients on tensors, %s', (backend) => {
  noTensorIsLeft()
  beforeAll(() => chooseBackend(backend))

  it.each(['backsolve', 'interpolating', 'discrete'] as const)(
    '%s: covers h0 and the parameters, zeros among them',
    (gradient) => {
      for (const rtol of [1e-2, 1e-3, 1e-5]) {
        const { certificate, warnings } = report(field, { gradient, rtol, atol: 1e-2 * rtol })
        const expected = { covers: 'h0 and parameters', isTrusted: true } as const
        assert.deepInclude(certificate, expected, `${rtol} ${warnings.join(' ')}`)
        assert.isBelow(certificate!.difference!, gradient === 'discrete' ? 0.02 : Math.max(0.02, 10 * rtol))
      }
    },
  )

  it.each(['backsolve', 'interpolating', 'discrete'] as const)(
    '%s: finds an operation whose gradient is wrong, and trusts it when it is mended',
    (gradient) => {
      const by = (factor: number) => {
        const tanh = tanhWith(factor)
        const f = (_t: Scalar, h: Tensor, { w, b }: Params): Tensor => tanh(h.matMul(w).add(b))
        return report(f, { gradient, rtol: 1e-4, atol: 1e-6 })
      }
      const wrong = by(0.9)
      assert.isFalse(wrong.certificate!.isTrusted)
      assert.match(wrong.warnings.at(-1)!, /does not match f: .*on tensors the gradient of an operation in f/)
      assert.isTrue(by(1).certificate!.isTrusted)
    },
  )

  it('finds a parameter whose gradient is stopped', () => {
    const f = (_t: Scalar, h: Tensor, { w, b }: Params): Tensor =>
      h
        .matMul(tf.tensor2d(w.dataSync(), [3, 3]))
        .add(b)
        .tanh()
    const { certificate, warnings } = report(f, {})
    assert.isFalse(certificate!.isTrusted)
    assert.match(warnings.at(-1)!, /`atheta`/)
  })
})
