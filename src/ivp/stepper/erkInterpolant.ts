import type { SpaceDense } from '../dense/denseOutput.ts'
import { nestedDense } from '../dense/nestedDense.ts'
import { rkDense } from '../dense/rkDense.ts'
import type { ErkMethod } from '../method/butcherTableau.ts'
import type { VectorSpace } from '../space/vectorSpace.ts'
import type { Rhs, Workspace } from '../space/workspace.ts'
import { CANDIDATE, Y_OLD, stagesOf } from './erkSlots.ts'

/** The two ends of an accepted step and the right-hand side, for the further stages of a method that needs such. */
interface AcceptedStep<V> {
  readonly t: number
  readonly tOld: number
  readonly yOld: V
  readonly rhs: Rhs<V>
}

/** Makes the interpolants of the steps of an explicit method from the stages in its workspace, which has room for them. */
export class ErkInterpolant<V, S> {
  declare private readonly space: VectorSpace<V, S>
  declare private readonly workspace: Workspace<V, S>
  declare private readonly method: ErkMethod
  /** Slot of a vector that may be overwritten. */
  declare private readonly free: number
  /** The rows in the workspace: of the coefficients, of the states of further stages, and of the probe. */
  declare private readonly rows: number[]
  declare private readonly stages: number[]
  declare private readonly probe: number

  /** @param clears - the right-hand side is to find zeros where it writes */
  constructor(space: VectorSpace<V, S>, workspace: Workspace<V, S>, method: ErkMethod, clears: boolean) {
    const { dense, nStages } = method
    const states = stagesOf(method, true)
    const free = states + CANDIDATE
    this.space = space
    this.workspace = workspace
    this.method = method
    this.free = free
    this.probe = workspace.addRow(dense.probe, free, states + Y_OLD)
    this.rows = dense.rows.map((row) => workspace.addRow(row, free, free))
    const further = dense.kind === 'nested' ? dense.a : []
    this.stages = further.map((row, i) =>
      workspace.addRow(row, free, states + Y_OLD, clears ? nStages + 1 + i : -1),
    )
  }

  /** The interpolant of the step accepted last, whose stages are all there. */
  of({ t, tOld, yOld, rhs }: AcceptedStep<V>): SpaceDense<V> {
    const { workspace, free } = this
    const { dense, nStages } = this.method
    const h = t - tOld
    if (dense.kind === 'nested') {
      this.stages.forEach((row, i) => {
        workspace.combine(row, h)
        workspace.evaluate(rhs, tOld + dense.c[i]! * h, free, nStages + 1 + i)
      })
    }
    const q = this.rows.map((row) => {
      workspace.clear(free)
      workspace.combine(row, 1)
      return workspace.copyOf(free)
    })
    const make = dense.kind === 'nested' ? nestedDense : rkDense
    return make(this.space, tOld, t, yOld, q)
  }

  /** 0 unless numbers in the interpolant made last, of a step of that length, may be out of range, though its coefficients are not: then NaN. */
  range(length: number): S {
    this.workspace.combine(this.probe, Math.max(1, length))
    return this.workspace.finiteness(this.free)
  }
}
