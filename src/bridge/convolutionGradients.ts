/** The two gradients of a convolution as convolutions, for backends whose own are slower than that or missing. */
import { tf, type Tensor, type Tensor4D } from './tensor.ts'

/** Attributes of tfjs's two convolution gradients; one of the two shapes is present. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number]
  readonly pad:
    'valid' | 'same' | number | [[number, number], [number, number], [number, number], [number, number]]
  readonly dataFormat: string
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  readonly filterShape: [number, number, number, number]
  readonly inputShape: [number, number, number, number]
}

export type ConvolutionGradient = (
  inputs: Readonly<Record<string, Tensor>>,
  attributes: ConvolutionAttributes,
) => Tensor

/** By the names of tfjs's kernels. */
export const convolutionGradients: Readonly<
  Record<'Conv2DBackpropFilter' | 'Conv2DBackpropInput', ConvolutionGradient>
> = {
  Conv2DBackpropFilter: ({ x, dy }, attributes) =>
    tf.tidy(() => filterGradient(x as Tensor4D, dy as Tensor4D, attributes)),
  Conv2DBackpropInput: ({ dy, filter }, attributes) =>
    tf.tidy(() => inputGradient(dy as Tensor4D, filter as Tensor4D, attributes)),
}

/**
 * dL/dfilter as a convolution with batch and channel axes exchanged and the stride as dilation:
 * dW[u, v, i, o] = sum over b, p, q of x[b, s p + u - top, s q + v - left, i] dy[b, p, q, o].
 * @param x - input, (batch, height, width, in). @param dy - dL/doutput, (batch, outHeight, outWidth, out)
 */
function filterGradient(x: Tensor4D, dy: Tensor4D, attributes: ConvolutionAttributes): Tensor {
  const { filterShape } = attributes
  const { padInfo, strideHeight, strideWidth } = geometry(x.shape, filterShape, attributes)
  const [, outHeight, outWidth] = dy.shape
  const [kernelHeight, kernelWidth] = filterShape
  const reachHeight = (outHeight - 1) * strideHeight + kernelHeight
  const reachWidth = (outWidth - 1) * strideWidth + kernelWidth
  const dilations: [number, number] = [strideHeight, strideWidth]
  const kernel = tf.transpose(dy, [1, 2, 0, 3]) as Tensor4D
  const { top, left } = padInfo
  const bottom = reachHeight - top - x.shape[1]
  const right = reachWidth - left - x.shape[2]
  const fits = bottom >= 0 && right >= 0
  const window = fits ? x : padOrCut(x, padInfo, reachHeight, reachWidth)
  const exchanged = tf.transpose(window, [3, 1, 2, 0]) as Tensor4D
  const margins = fits ? [[0, 0], [top, bottom], [left, right], [0, 0]] : 'valid' // prettier-ignore
  const gradient = tf.conv2d(exchanged, kernel, 1, margins as ConvolutionAttributes['pad'], 'NHWC', dilations)
  return tf.transpose(gradient, [1, 2, 0, 3])
}

/**
 * dL/dinput as a convolution of dy, zeros inserted between its entries for a stride above 1, with the filter flipped in space and its channel axes
 * exchanged.
 * @see Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016), Ch. 4
 */
function inputGradient(dy: Tensor4D, filter: Tensor4D, attributes: ConvolutionAttributes): Tensor {
  const { inputShape } = attributes
  const { padInfo, strideHeight, strideWidth } = geometry(inputShape, filter.shape, attributes)
  const [, height, width] = inputShape
  const [kernelHeight, kernelWidth] = filter.shape
  const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D
  const spread = insertZeros(dy, strideHeight, strideWidth)
  const top = kernelHeight - 1 - padInfo.top
  const left = kernelWidth - 1 - padInfo.left
  const bottom = height + kernelHeight - 1 - top - spread.shape[1]
  const right = width + kernelWidth - 1 - left - spread.shape[2]
  if (Math.min(top, left, bottom, right) >= 0) {
    return tf.conv2d(spread, flipped, 1, [[0, 0], [top, bottom], [left, right], [0, 0]]) // prettier-ignore
  }
  const window = padOrCut(spread, { top, left }, height + kernelHeight - 1, width + kernelWidth - 1)
  return tf.conv2d(window, flipped, 1, 'valid')
}

interface Geometry {
  readonly padInfo: { readonly top: number; readonly left: number }
  readonly strideHeight: number
  readonly strideWidth: number
}

function geometry(
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
): Geometry {
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode)
}

/** x with zeros before and after (or entries cut off, where a margin is negative) so that height and width are as given. */
function padOrCut(
  x: Tensor4D,
  before: { top: number; left: number },
  height: number,
  width: number,
): Tensor4D {
  const { top, left } = before
  const [batch, oldHeight, oldWidth, channels] = x.shape
  const fromRow = Math.max(0, -top)
  const fromColumn = Math.max(0, -left)
  const rows = Math.min(oldHeight - fromRow, height - Math.max(0, top))
  const columns = Math.min(oldWidth - fromColumn, width - Math.max(0, left))
  const isWhole = rows === oldHeight && columns === oldWidth
  const cut = isWhole ? x : tf.slice(x, [0, fromRow, fromColumn, 0], [batch, rows, columns, channels])
  if (rows === height && columns === width) return cut
  const above = Math.max(0, top)
  const aside = Math.max(0, left)
  return tf.pad(cut, [[0, 0], [above, height - rows - above], [aside, width - columns - aside], [0, 0]]) // prettier-ignore
}

/** stride - 1 zeros after every entry along height and width. */
function insertZeros(dy: Tensor4D, strideHeight: number, strideWidth: number): Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return dy
  const [batch, height, width, channels] = dy.shape
  const wide = tf.pad(dy.reshape([batch * height * width, 1, channels]), [[0, 0], [0, strideWidth - 1], [0, 0]]) // prettier-ignore
  const row = width * strideWidth * channels
  const tall = tf.pad(wide.reshape([batch * height, 1, row]), [[0, 0], [0, strideHeight - 1], [0, 0]]) // prettier-ignore
  return tall.reshape([batch, height * strideHeight, width * strideWidth, channels]) as Tensor4D
}
