/** The one import of tfjs in the project. */
import * as tf from '@tensorflow/tfjs'

export { tf }

/** Version of tfjs-core that was loaded. */
export const TFJS_VERSION: string = tf.version_core
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs'
