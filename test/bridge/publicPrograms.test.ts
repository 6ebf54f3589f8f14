import { assert, beforeAll, describe, it } from 'vitest'
import { solveToEvent } from '../../src/adjoint/index.ts'
import { tf } from '../../src/bridge/tensor.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { ENCODERS } from './publicPrograms/encoders.ts'
import { FLOWS } from './publicPrograms/flows.ts'
import { PENALTIES } from './publicPrograms/penalties.ts'
import { differences } from './publicPrograms/program.ts'
import { RATES } from './publicPrograms/rates.ts'
import { RELAXATIONS } from './publicPrograms/relaxations.ts'
import { values } from './tensorProblems.ts'

/** Of the largest entry: the tolerance by default is 1e-3. */
const PRECISION = 0.02

/** Programs as people publish them, with the options by default: the gradient is right, and there within seconds. */
describe('the gradient of a program', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it.each([...FLOWS, ...ENCODERS, ...RELAXATIONS, ...RATES, ...PENALTIES])('$name', (program) => {
    const found = tf.tidy(() => values(tf.grad(program.tensors as never)(tf.tensor1d([...program.p]))))
    const wanted = differences(program)
    const size = Math.max(...wanted.map(Math.abs))
    found.forEach((value, i) =>
      assert.closeTo(value, wanted[i]!, PRECISION * size, `[${found}], not [${wanted}]`),
    )
  })

  it('time at which a ball meets a floor whose height is a parameter', () => {
    const [height, g, floor] = [10, 9.81, 1.5]
    const fall = solveToEvent(
      {
        nParams: 2,
        f: (_t, h, dh) => {
          dh[0] = h[1]!
          dh[1] = -g
        },
        vjp: (_t, h, a, { dh, ah, atheta }) => {
          dh[0] = h[1]!
          dh[1] = -g
          ah[0] = 0
          ah[1] = a[0]!
          atheta[0] = -a[1]!
          atheta[1] = 0
        },
      },
      [0, 10],
      Float64Array.of(height, 0),
      {
        g: (_t, h) => h[0]! - floor,
        dh: (_t, _h, out) => void out.set([1, 0]),
        dtheta: (_t, _h, out) => void out.set([0, -1]),
        direction: -1,
      },
    )
    const time = Math.sqrt((2 * (height - floor)) / g)
    const { h0, theta, warnings } = fall.pullback(Float64Array.of(0, 0), 1)
    assert.closeTo(fall.tEvent!, time, 1e-6)
    assert.closeTo(h0[0]!, 1 / (g * time), 1e-5)
    assert.closeTo(theta[0]!, -time / (2 * g), 1e-5)
    assert.closeTo(theta[1]!, -1 / (g * time), 1e-5)
    assert.deepEqual(warnings, [])
  })
})
