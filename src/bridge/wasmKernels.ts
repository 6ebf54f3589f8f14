import {
  convolutionGradients,
  type ConvolutionAttributes,
  type ConvolutionGradient,
} from './convolutionGradients.ts'
import { replaceKernel } from './replacedKernel.ts'
import type { Tensor } from './tensor.ts'

/** A convolution gradient that the registered kernels do not cover. */
export class UnsupportedConvolution extends Error {
  override readonly name = 'UnsupportedConvolution'
  readonly _tag = 'UnsupportedConvolution'
  readonly kernelName: string
  readonly dataFormat: string

  constructor(kernelName: string, dataFormat: string) {
    super(`${kernelName} on the wasm backend takes dataFormat 'NHWC' only, not '${dataFormat}'`)
    this.kernelName = kernelName
    this.dataFormat = dataFormat
  }
}

let isRegistered = false

/**
 * Gives the wasm backend the gradient of a convolution with respect to its filter, which it lacks, and replaces the one with respect to its input,
 * which is ten times slower there than a convolution. Both are convolutions themselves. A clone shares the memory of its original, as on tfjs's other backends: every tensor
 * that a tape saves is one. Registers once.
 */
export function registerWasmKernels(): void {
  if (isRegistered) return
  isRegistered = true
  for (const [kernelName, gradient] of Object.entries(convolutionGradients)) {
    register(kernelName, gradient)
  }
  shareClones()
}

function shareClones(): void {
  replaceKernel('Identity', 'wasm', (theirs) => (args) => {
    const { dataId, shape, dtype } = args.inputs['x']!
    if (dtype === 'string') return theirs!(args)
    ;(args.backend as unknown as { incRef(id: object): void }).incRef(dataId)
    return { dataId, shape, dtype }
  })
}

function register(kernelName: string, gradient: ConvolutionGradient): void {
  replaceKernel(kernelName, 'wasm', () => ({ inputs, attrs }) => {
    const attributes = attrs as unknown as ConvolutionAttributes
    const { dataFormat } = attributes
    if (dataFormat === 'NCHW') throw new UnsupportedConvolution(kernelName, dataFormat)
    return gradient(inputs as Record<string, Tensor>, attributes)
  })
}
