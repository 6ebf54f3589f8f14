/** The operations that `npm run native` compiles into TensorFlow (tools/native/operations), as kernels of tfjs. */
import type { FusedKernel } from './fusedKernels.ts'
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
  for (const [kernelName, { attribute, outputs }] of Object.entries(OPERATIONS)) {
    if (tf.getKernel(kernelName, BACKEND) !== undefined) continue
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const native = backend as unknown as NativeBackend
        const value = attrs![attribute] as number
        const attributes = [{ name: attribute, type: native.binding.TF_ATTR_INT, value }]
        const results = native.executeMultipleOutputs(
          kernelName as FusedKernel,
          attributes,
          inputs as unknown as Tensor[],
          outputs,
        )
        return outputs === 1 ? results[0]! : results
      },
    })
  }
}

/** Whether the addon is one that `npm run native` compiled: tfjs-node's own knows none of them. */
function areThere(): boolean {
  const native = tf.findBackend(BACKEND) as unknown as NativeBackend
  return tf.tidy(() => {
    const one = tf.tensor1d([1])
    try {
      native.executeMultipleOutputs('SolveIvpCombination', [{ name: 'm', type: native.binding.TF_ATTR_INT, value: 1 }], [one, one, one], 1) // prettier-ignore
      return true
    } catch {
      return false
    }
  })
}
