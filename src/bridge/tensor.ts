/** The one import of tfjs in the project. */
import * as tf from '@tensorflow/tfjs'

export { tf }
export type {
  NamedTensorMap,
  Rank,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorInfo,
  Variable,
} from '@tensorflow/tfjs'
