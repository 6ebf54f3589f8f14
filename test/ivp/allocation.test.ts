import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { assert, describe, it } from 'vitest'

/** The smallest object on V8's heap takes 12 bytes. */
const LEAST_OBJECT = 12

describe("with save 'last' a step allocates nothing", () => {
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
    .map((line) => JSON.parse(line) as { name: string; bytes: number })

  it('is measured for every method and kind of state', () => {
    assert.equal(rows.length, 5, stderr)
  })

  it.each(rows)('$name', ({ bytes }) => {
    assert.isBelow(bytes, LEAST_OBJECT / 3)
  })
})
