import { isNative } from '../bridge/nativeBackend.ts'
import type { BlockSolve } from './odeBlock.ts'
import type { OdeNetShape } from './odeNet.ts'

/** Half of what the wasm backend can have. */
const WASM_BYTES = 2 ** 31
/** Of the memory of the machine. */
const NATIVE_SHARE = 1 / 4
/**
 * Tensors of the state's size that are held for each evaluation of f while its gradient is computed: 6 that the tape saves (the state, the sums after both
 * convolutions, both ReLUs, the slope), and the gradient of every operation's input, which tfjs keeps until the end; a process on native TensorFlow grows by 16 to 18
 * (`node bench/tapeMemory.ts`).
 */
const TENSORS = 16
/** Evaluations of a solve that chooses its steps, at usual tolerances. */
const USUAL_EVALUATIONS = 50
/** Evaluations of a step of RK4; other methods with equal steps need fewer. */
const STAGES = 4
const FLOAT_BYTES = 4

/** What a tape may hold at once on the current backend, in bytes. */
export function tapeBudget(): number {
  if (!isNative()) return WASM_BYTES
  const { totalmem } = process.getBuiltinModule('node:os')
  const limit = process.constrainedMemory()
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.max(WASM_BYTES, NATIVE_SHARE * memory)
}

/**
 * Into how many parts a shard must be cut so that the tape of gradient 'autodiff' fits. The images of a batch do not see each other, so with equal steps the mean gradient of the parts is that
 * of the shard; a method that chooses its steps chooses them for each part. Other gradients keep no tape of the solve: one part.
 */
export function tapeParts(n: number, shape: TapedShape, solve: BlockSolve, budget: number): number {
  if (solve.gradient !== 'autodiff') return 1
  return Math.max(1, Math.ceil((n * tapeBytesPerImage(shape, solve)) / budget))
}

type TapedShape = OdeNetShape & { readonly height: number; readonly width: number }

/** What the tape of a solve takes for each image of a batch, in bytes. */
export function tapeBytesPerImage(
  { dim, downsamplings, height, width }: TapedShape,
  { step }: Pick<BlockSolve, 'step'>,
): number {
  const evaluations = typeof step === 'number' ? STAGES / step : USUAL_EVALUATIONS
  const state = dim * Math.ceil(height / 2 ** downsamplings) * Math.ceil(width / 2 ** downsamplings)
  return state * FLOAT_BYTES * TENSORS * evaluations
}
