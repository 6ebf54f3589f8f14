import { IvpInputError } from '../../bridge/index.ts'
import { tf } from '../../bridge/tensor.ts'

/** How a model file has a layer, an initializer, ...: the name of its class and what that needs. */
export interface Registered {
  readonly className: string
  readonly config: tf.serialization.ConfigDict
}

/** @throws IvpInputError for a class that nobody registered */
export function fromRegistry(option: string, { className, config }: Registered): unknown {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className]
  if (entry === undefined) {
    throw new IvpInputError(
      option,
      className,
      'must be of a class that tf.serialization.registerClass has been given',
    )
  }
  const [cls, fromConfig] = entry
  return fromConfig(cls, config)
}
