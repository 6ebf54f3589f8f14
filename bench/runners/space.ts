/**
 * One Dormand-Prince step without a right-hand side in a workspace, for several lengths. Arguments: wasm or plain, then f64 or f32.
 * Prints one line of JSON: nanoseconds for each length. A process has one workspace and one element type, as most programs do.
 */
import { rk45 } from '../../src/ivp/method/rk45.ts'
import { SpaceWorkspace } from '../../src/ivp/space/spaceWorkspace.ts'
import { typedArraySpace, type FloatArray } from '../../src/ivp/space/typedArraySpace.ts'
import { makeWasmWorkspace } from '../../src/ivp/space/wasmWorkspace.ts'
import type { Workspace } from '../../src/ivp/space/workspace.ts'
import { sizeOf } from '../../src/ivp/stepper/erkSlots.ts'
import { bestTime } from '../lib/bestTime.ts'

const BUDGET = 0.25
const TOLERANCE = { rtol: 1e-6, atol: 1e-9 }
/** Small, so that states stay finite however many steps are taken. */
const H = 1e-9

const [kind, precision, ...sizes] = process.argv.slice(2)

function workspaceFor(like: FloatArray): Workspace<FloatArray> {
  const size = sizeOf(rk45, false)
  const blocks = [[0, like.length]] as const
  if (kind === 'wasm') {
    const workspace = makeWasmWorkspace(like, size, TOLERANCE, blocks, true)
    if (workspace === null) throw new Error('there is no wasm SIMD here')
    return workspace
  }
  return new SpaceWorkspace(typedArraySpace(like, TOLERANCE, blocks), like, size.slots)
}

/** What ErkStepper does with a workspace in a step that is accepted. */
function stepIn(workspace: Workspace<FloatArray>): () => void {
  const { a, b, error, nStages } = rk45
  if (error.kind !== 'embedded') throw new Error('RK45 has an embedded error estimate')
  const y = nStages + 1
  const candidate = y + 1
  const stages = a.slice(1).map((row) => workspace.addRow(row, candidate, y))
  const weights = workspace.addRow(b, candidate, y)
  const estimate = workspace.addNorm(error.e, y, candidate)
  return () => {
    for (let i = 0; i < stages.length; i++) workspace.combine(stages[i]!, H)
    workspace.combine(weights, H)
    const norm = workspace.norm(estimate, H)
    if (!(norm < 1e9)) throw new Error(`the error norm is ${norm}`)
    workspace.swap(candidate, y)
    workspace.swap(0, nStages)
  }
}

const nanoseconds = sizes.map((size) => {
  const n = Number(size)
  const like: FloatArray = precision === 'f32' ? new Float32Array(n) : new Float64Array(n)
  const workspace = workspaceFor(like)
  for (let slot = 0; slot < sizeOf(rk45, false).slots; slot++) {
    workspace.store(
      slot,
      like.map((_, i) => 1 + Math.sin(slot + i)),
    )
  }
  const seconds = bestTime(stepIn(workspace), BUDGET)
  workspace.release()
  return 1e9 * seconds
})
console.log(JSON.stringify(nanoseconds))
