import type { StepController } from './control/stepController.ts'
import type { EventSpec } from './event/event.ts'
import type { Method } from './methods.ts'
import type { MatrixLike } from './options.ts'
import type { SaveMode } from './output/observer.ts'
import type { RhsForm } from './rhs.ts'
import type { NormBlocks } from './space/norm.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import type { Tolerance } from './space/vectorSpace.ts'

/** An initial value problem and its options after validation, with every default filled in. */
export interface Problem<V extends FloatArray> {
  readonly t0: number
  readonly t1: number
  readonly direction: number
  readonly y0: V
  readonly method: Method
  readonly tolerance: Tolerance
  readonly tEval: Float64Array | null
  readonly isDense: boolean
  readonly events: ReadonlyArray<EventSpec<V>> | null
  readonly args: ReadonlyArray<unknown>
  readonly form: RhsForm
  readonly firstStep: number | null
  readonly maxStep: number
  readonly minStep: number
  /** Size of equal steps; null for adaptive methods. */
  readonly step: number | null
  readonly maxSteps: number
  readonly save: SaveMode
  readonly norm: NormBlocks
  readonly controller: StepController
  readonly jacobian: JacobianSpec<V>
  /** Of this solve: what is noticed during it is added. */
  readonly warnings: string[]
}

/** What is known of the Jacobian. */
export interface JacobianSpec<V> {
  readonly jac: MatrixLike | ((t: number, y: V, ...args: ReadonlyArray<unknown>) => MatrixLike) | null
  readonly sparsity: MatrixLike | null
  /** [lower, upper] band widths; null for a full matrix. */
  readonly band: readonly [lower: number, upper: number] | null
}
