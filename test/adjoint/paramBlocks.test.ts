import { assert, describe, it } from 'vitest'
import { solveToEvent, solveWithPullback, type DifferentiableRhs } from '../../src/adjoint/index.ts'
import { IvpInputError } from '../../src/index.ts'
import { affine } from './affine.ts'

const UNUSED = 99

/** dh/dt = -0.6 h + 0.4 with theta = [-0.6, 0.4], and before them `unused` numbers that f does not depend on. */
function padded(unused: number, paramSizes?: ReadonlyArray<number>): DifferentiableRhs<Float64Array> {
  const { f, vjp, nParams } = affine(-0.6, 0.4)
  return {
    nParams: nParams + unused,
    paramSizes,
    f,
    vjp: (t, h, a, { dh, ah, atheta }) => vjp(t, h, a, { dh, ah, atheta: atheta.subarray(unused) }),
  }
}

const evaluations = (rhs: DifferentiableRhs<Float64Array>, gradient: 'backsolve' | 'interpolating'): number =>
  solveWithPullback(rhs, [0, 2, 5], Float64Array.of(3), {
    rtol: 1e-6,
    atol: 1e-9,
    gradient,
    backward: { norm: 'blocks' },
  }).pullback([Float64Array.of(0), Float64Array.of(1), Float64Array.of(1)]).nfev

describe('arrays of parameters', () => {
  it.each(['backsolve', 'interpolating'] as const)(
    "are blocks of their own in norm 'blocks' of %s: parameters without effect change no step",
    (gradient) => {
      const alone = evaluations(padded(0), gradient)
      assert.equal(evaluations(padded(UNUSED, [UNUSED, 2]), gradient), alone)
      assert.equal(evaluations(padded(UNUSED, [40, 0, UNUSED - 40, 2]), gradient), alone)
      // In one block they thin the errors out
      assert.isBelow(evaluations(padded(UNUSED), gradient), alone)
    },
  )

  it.each([[[1]], [[1, 2]], [[2.5, -0.5]], [[3, -1]], ['2']])(
    'are refused before any work where they do not make up the parameters: %j',
    (sizes) => {
      let calls = 0
      const { f, ...rest } = padded(0, sizes as unknown as number[])
      const rhs = { ...rest, f: (t: number, h: Float64Array, dh: Float64Array) => (calls++, f(t, h, dh)) }
      const refusal = (body: () => unknown): unknown => {
        try {
          return body()
        } catch (error) {
          return error
        }
      }
      const event = { g: (_t: number, h: Float64Array) => h[0]!, dh: () => {} }
      for (const error of [
        refusal(() => solveWithPullback(rhs, [0, 1], Float64Array.of(1))),
        refusal(() => solveToEvent(rhs, [0, 1], Float64Array.of(1), event)),
      ]) {
        assert.instanceOf(error, IvpInputError)
        assert.equal((error as IvpInputError).option, 'paramSizes')
      }
      assert.equal(calls, 0)
    },
  )
})
