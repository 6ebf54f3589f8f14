import { execFileSync } from 'node:child_process'
import { assert, describe, it } from 'vitest'

const bridge = new URL('../../src/bridge/', import.meta.url).href

/** What a script prints as JSON in a process in which tfjs has not taken a gradient yet. */
function printed(script: string): unknown {
  const setUp = `
    import { odeint, odeintAsync } from '${bridge}index.ts'
    import { tf } from '${bridge}tensor.ts'
    console.warn = () => {}
    await tf.setBackend('cpu')
    const W = tf.tensor2d([[0, 1], [-1, 0]])
    const f = (t, h) => tf.matMul(h, W)
    const h0 = tf.tensor2d([[1, 0]])
  `
  const args = ['--no-warnings', '--input-type=module', '-e', setUp + script]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

describe('the first solve of a process, before any gradient, may capture a constant', () => {
  it.each([
    ['odeint', "console.log(JSON.stringify(odeint(f, h0, [0, 1]).arraySync()[1][0]))"],
    ['on the device', "console.log(JSON.stringify(odeint(f, h0, [0, 1], { state: 'device' }).arraySync()[1][0]))"],
    ['odeintAsync', 'const { solution } = await odeintAsync(f, h0, [0, 1]); console.log(JSON.stringify(solution.arraySync()[1][0]))'],
  ])('%s', (_name, script) => {
    const [c, s] = printed(script) as [number, number]
    assert.closeTo(c, Math.cos(1), 1e-3)
    assert.closeTo(s, Math.sin(1), 1e-3)
  }) // prettier-ignore
})
