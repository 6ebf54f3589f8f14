import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { assert, describe, it } from 'vitest'

/** A boxed number; no object of V8's heap is smaller. */
const BOX = 16
/** Not one in ten steps: what remains is the noise of the measurement. */
const NOTHING = BOX / 10

interface Row {
  readonly name: string
  /** Of one step, as the following. */
  readonly bytes: number
  readonly evaluations: number
  readonly jacobians: number
}

const METHODS = 13

/** Now and then V8 compiles something in the midst of all runs of one process. */
const PROCESSES = 2

/** The least of two processes. */
function measure(...args: ReadonlyArray<string>): Row[] {
  const [first, ...others] = Array.from({ length: PROCESSES }, () => measureOnce(args)) as [Row[], ...Row[][]]
  return first.map((row, i) => ({
    ...row,
    bytes: Math.min(row.bytes, ...others.map((rows) => rows[i]!.bytes)),
  }))
}

/** Measures in a process of its own: the test runner's modules reach imports through getters, and numbers that pass one are boxed. */
function measureOnce(args: ReadonlyArray<string>): Row[] {
  const script = fileURLToPath(new URL('./bytesPerStep.ts', import.meta.url))
  // Young objects get so much room that the garbage collector seldom comes by; V8 compiles at once, not when another thread has time
  const flags = ['--single-threaded', '--min-semi-space-size=128', '--max-semi-space-size=128']
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, script, ...args], { encoding: 'utf8' })
  const rows = stdout.split('\n').filter((line) => line !== '')
  assert.equal(rows.length, METHODS, stderr)
  return rows.map((line) => JSON.parse(line) as Row)
}

describe("with save 'last' a step of any method allocates nothing", () => {
  // Where the one right-hand side of a process is put in line. A Jacobian is evaluated at a time that is boxed
  it.each(measure())('$name', ({ bytes, jacobians }) => {
    assert.isBelow(bytes, NOTHING + BOX * jacobians)
  })
})

describe('a right-hand side that V8 calls, for the process has used others, costs a boxed time an evaluation and no more', () => {
  it.each(measure('others'))('$name', ({ bytes, evaluations, jacobians }) => {
    assert.isBelow(bytes, NOTHING + BOX * (evaluations + jacobians))
  })
})
