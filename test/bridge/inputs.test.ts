import { assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { odeint, ResultMismatch, ShapeMismatch, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { IvpInputError } from '../../src/index.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'

const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()

describe('what odeint is given', () => {
  noTensorIsLeft()
  let calls = 0
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  beforeEach(() => {
    calls = 0
  })

  /** The option that is refused, before any call of f. */
  function refused(h0: () => unknown, params: () => unknown): string {
    const f = (_t: Scalar, h: Tensor): Tensor => (calls++, h.neg())
    try {
      tf.tidy(() => void odeint(f as never, h0() as Tensor, [0, 1], { params: params() as Tensor }))
    } catch (error) {
      assert.instanceOf(error, IvpInputError)
      assert.equal(calls, 0)
      return `${error.option}: ${error.received}`
    }
    return assert.fail('accepted')
  }

  it.each(['int32', 'bool'] as const)('a state or parameter of dtype %s is refused by name', (dtype) => {
    const wrong = (): Tensor => tf.tensor1d([1, 0], dtype)
    const right = (): Tensor => tf.tensor1d([1, 0])
    assert.equal(refused(wrong, right), `h0: '${dtype}'`)
    assert.equal(refused(() => ({ p: right(), q: wrong() }), right), `h0.q: '${dtype}'`) // prettier-ignore
    assert.equal(refused(right, wrong), `params: '${dtype}'`)
    assert.equal(
      refused(right, () => [right(), wrong()]),
      `params[1]: '${dtype}'`,
    )
  })

  it('complex tensors are refused by name, with what to do instead', () => {
    const complex = (): Tensor => tf.complex([1], [2])
    assert.equal(refused(complex, () => []), "h0: 'complex64'") // prettier-ignore
    assert.throws(
      () => tf.tidy(() => void odeint(decay, complex(), [0, 1])),
      IvpInputError,
      'real and imaginary',
    )
  })

  it('what is not a tensor is refused by name', () => {
    assert.equal(refused(() => undefined, () => []), 'h0: undefined') // prettier-ignore
    assert.equal(refused(() => 1, () => []), 'h0: 1') // prettier-ignore
    assert.equal(refused(() => [1, 2], () => []), 'h0[0]: 1') // prettier-ignore
    assert.equal(refused(() => Float32Array.of(1), () => []), 'h0: Float32Array(1) [1]') // prettier-ignore
    assert.equal(refused(() => [], () => []), 'h0: Array(0) []') // prettier-ignore
    assert.equal(refused(() => tf.scalar(1), () => ({ net: { w: tf.scalar(1) } })), 'params.net: an object of type Object') // prettier-ignore
  })

  it('a state with NaN is refused by name, inside a gradient too', () => {
    const h0 = tf.tensor1d([1, NaN])
    const solve = (h: Tensor): Tensor => odeint(decay, h, [0, 1])
    assert.throws(
      () => solve(h0),
      IvpInputError,
      '`h0` must be finite in every component (component 1 is not)',
    )
    assert.throws(() => tf.tidy(() => void tf.grad((h) => solve(h).sum())(h0)), IvpInputError, '`h0`')
    h0.dispose()
  })
})

describe('tolerances for each component', () => {
  const [rtol, atol] = [[1e-5, 1e-5], [1e-6, 1e-6]] // prettier-ignore
  const numbers = { rtol: 1e-5, atol: 1e-6 }
  const solve = (h: Tensor, options: OdeintOptions<[]>): Tensor => odeint(decay, h, [0, 1], options)

  it('solve as they are, and ask for backward ones where a gradient is taken', () => {
    tf.tidy(() => {
      const h0 = tf.tensor1d([1, 2])
      const single = solve(h0, numbers)
      assert.deepEqual(solve(h0, { rtol, atol }).arraySync(), single.arraySync())
      assert.deepEqual(solve(h0, { rtol, atol, gradient: 'interpolating' }).arraySync(), single.arraySync())
      const gradient = (options: OdeintOptions<[]>): unknown =>
        tf
          .grad((h) => solve(h, options).sum())(h0)
          .arraySync()
      assert.throws(() => gradient({ rtol, atol }), IvpInputError, '`backward.rtol` must be given')
      assert.deepEqual(gradient({ rtol, atol, backward: numbers }), gradient(numbers))
    })
  })
})

describe('what f returns', () => {
  noTensorIsLeft()

  const one = (): Tensor => tf.tensor1d([1, 2])
  const record = (): { p: Tensor; q: Tensor } => ({ p: one(), q: one() })

  it.each<[string, () => unknown, (h: never) => unknown]>([
    ['undefined', one, () => undefined],
    ['a number', one, () => 1],
    ['an array of number, number', one, () => [1, 2]],
    ['dtype int32', one, (h: Tensor) => h.toInt()],
    ['dtype bool', one, (h: Tensor) => h.greater(0)],
    ['an array of tensor', one, (h: Tensor) => [h]],
    ['one tensor', () => [one()], ([h]: Tensor[]) => h!.neg()],
    ['an array of tensor', () => [one(), one()], ([h]: Tensor[]) => [h]],
    ['a record of p: tensor, r: tensor', record, ({ p, q }: { p: Tensor; q: Tensor }) => ({ p, r: q })],
    ['a record of p: tensor', record, ({ p }: { p: Tensor }) => ({ p })],
    ['a record of p: tensor, q: number', record, ({ p }: { p: Tensor }) => ({ p, q: 1 })],
    ['a record of p: tensor, q: tensor, r: tensor', record, ({ p, q }: { p: Tensor; q: Tensor }) => ({ p, q, r: p })], // prettier-ignore
  ])('%s in place of the form of h0 is refused by name', (received, h0, f) => {
    // The second solve does not trace f any more: its own evaluations must tell too
    let isSound = true
    const later = (_t: Scalar, h: never): unknown => (isSound ? h : f(h))
    const solve = (rhs: unknown): void => tf.tidy(() => void odeint(rhs as never, h0() as Tensor, [0, 1]))
    assert.throws(() => solve((_t: Scalar, h: never) => f(h)), ResultMismatch, received)
    solve(later)
    isSound = false
    assert.throws(() => solve(later), ResultMismatch, received)
  })

  it("a Promise is refused by name, and its rejection is nobody else's", async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const f = async (): Promise<Tensor> => {
      await Promise.resolve()
      throw new Error('late')
    }
    assert.throws(
      () => tf.tidy(() => void odeint(f as never, one(), [0, 1])),
      ResultMismatch,
      'must be synchronous',
    )
    await new Promise((resolve) => setTimeout(resolve, 0))
    process.off('unhandledRejection', note)
    assert.deepEqual(rejections, [])
  })

  it('other shapes of a record are refused by name', () => {
    const f = (_t: Scalar, { p, q }: { p: Tensor; q: Tensor }) => ({ p, q: q.expandDims(0) })
    assert.throws(
      () => tf.tidy(() => void odeint(f, record(), [0, 1])),
      ShapeMismatch,
      'of `h0`, [2], [2]; it returned [2], [1, 2]',
    )
  })

  it('a record is taken by its names, whatever their order', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, { p, q }: { p: Tensor; q: Tensor }) => ({ q: q.mul(0), p: p.neg() })
      const solve = (p0: Tensor) => odeint(f, { p: p0, q: tf.scalar(7) }, [0, 1], { rtol: 1e-5 })
      const { p, q } = solve(tf.scalar(5))
      const found = [...p.dataSync(), ...q.dataSync()]
      const exact = [5, 5 * Math.exp(-1), 7, 7]
      found.forEach((value, i) => assert.closeTo(value, exact[i]!, 1e-4))
      const grad = tf.grad((p0) => solve(p0).p.sum())(tf.scalar(5))
      assert.closeTo(grad.dataSync()[0]!, 1 + Math.exp(-1), 1e-4)
    })
  })
})
