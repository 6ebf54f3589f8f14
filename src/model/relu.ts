import { tf, type Tensor } from '../bridge/tensor.ts'

/** max(x, 0). Keeps its result for the gradient, which whatever comes after it keeps too; tfjs's own would keep x besides. */
export function relu<T extends Tensor>(x: T): T {
  const operation = tf.customGrad((...args: unknown[]) => {
    const [input, save] = args as [Tensor, (tensors: Tensor[]) => void]
    const value = tf.relu(input)
    save([value])
    const gradFunc = (dy: Tensor, [result]: Tensor[]): Tensor => tf.tidy(() => dy.mul(result!.sign()))
    return { value, gradFunc: gradFunc as never }
  })
  return operation(x) as T
}
