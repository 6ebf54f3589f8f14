import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { assert, describe, it } from 'vitest'

/** The smallest object on V8's heap takes 12 bytes. */
const LEAST_OBJECT = 12

describe("with save 'last' a step allocates nothing", () => {
  // In a process of its own: the test runner's modules reach imports through getters, and numbers that pass one are boxed
  const script = fileURLToPath(new URL('./bytesPerStep.ts', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; bytes: number | null })

  it('is measured for every method and kind of state', () => {
    assert.equal(rows.length, 5, stderr)
  })

  it.each(rows)('$name', ({ bytes }) => {
    assert.isNotNull(bytes, 'the garbage collector came by in every run')
    assert.isBelow(bytes!, LEAST_OBJECT / 3)
  })
})
