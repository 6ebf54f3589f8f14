import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { assert, describe, it } from 'vitest'

/** The smallest object on V8's heap takes 12 bytes. */
const LEAST_OBJECT = 12
/**
 * Implicit methods have functions too long for V8 to put all of a step in line: it boxes the time of each evaluation, and of the numbers that
 * pass between functions a few, 16 bytes each. The smallest array would take more than these few.
 */
const BOX = 16
const FEW = 4

describe("with save 'last' a step allocates nothing; one of equal size at most a boxed number, that of an implicit method a few", () => {
  // In a process of its own: the test runner's modules reach imports through getters, and numbers that pass one are boxed
  const script = fileURLToPath(new URL('./bytesPerStep.ts', import.meta.url))
  // Young objects get so much room that the garbage collector, which would hide them, does not come by
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--min-semi-space-size=128', '--max-semi-space-size=128', script],
    { encoding: 'utf8' },
  )
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; bytes: number; evaluations: number })

  it('is measured for every method and kind of state', () => {
    assert.equal(rows.length, 13, stderr)
  })

  it.each(rows)('$name', ({ name, bytes, evaluations }) => {
    const isImplicit = /^(Radau|BDF|LSODA)/.test(name)
    // Equal steps evaluate at the start of a step from a place of its own, where V8 boxes the time in about every second run of the process
    const boxes = isImplicit ? evaluations + FEW : name.startsWith('RK4,') ? 1 : 0
    assert.isBelow(bytes, BOX * boxes + (isImplicit ? 0 : LEAST_OBJECT / 3))
  })
})
