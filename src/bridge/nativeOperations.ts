/** The operations that `npm run native` compiles into TensorFlow (tools/native/operations), as kernels of tfjs. */
import type { FusedKernel } from './fusedKernels.ts'
import { replaceKernel } from './replacedKernel.ts'
import { tf, type Tensor } from './tensor.ts'

const BACKEND = 'tensorflow'

/** What is used of tfjs-node's backend; not in the typings of tfjs. */
interface NativeBackend {
  readonly binding: { readonly TF_ATTR_INT: number }
  executeMultipleOutputs(
    operation: FusedKernel,
    attributes: ReadonlyArray<{ readonly name: string; readonly type: number; readonly value: number }>,
    inputs: ReadonlyArray<Tensor>,
    outputs: number,
  ): Tensor[]
}

/** Each with its attribute and the number of its outputs. */
const OPERATIONS: Readonly<Record<FusedKernel, { readonly attribute: string; readonly outputs: number }>> = {
  SolveIvpCombination: { attribute: 'm', outputs: 1 },
  SolveIvpErrorSquares: { attribute: 'm', outputs: 1 },
  SolveIvpGroupNorm: { attribute: 'groups', outputs: 3 },
  SolveIvpGroupNormGradient: { attribute: 'groups', outputs: 3 },
}

/** Registers those that the loaded TensorFlow knows: all or none. */
export function registerNativeOperations(): void {
  if (!areThere()) return
  for (const kernelName of Object.keys(OPERATIONS) as FusedKernel[]) {
    replaceKernel(kernelName, BACKEND, () => ({ inputs, attrs, backend }) => {
      const results = execute(backend, kernelName, attrs!, inputs as unknown as Tensor[])
      return results.length === 1 ? results[0]! : results
    })
  }
}

/** Whether the addon is one that `npm run native` compiled: tfjs-node's own knows none of them. */
function areThere(): boolean {
  return tf.tidy(() => {
    const one = tf.tensor1d([1])
    try {
      execute(tf.findBackend(BACKEND), 'SolveIvpCombination', { m: 1 }, [one, one, one])
      return true
    } catch {
      return false
    }
  })
}

function execute(backend: unknown, operation: FusedKernel, attributes: object, inputs: Tensor[]): Tensor[] {
  const native = backend as NativeBackend
  const { attribute: name, outputs } = OPERATIONS[operation]
  const value = (attributes as Readonly<Record<string, number>>)[name]!
  return native.executeMultipleOutputs(operation, [{ name, type: native.binding.TF_ATTR_INT, value }], inputs, outputs) // prettier-ignore
}
