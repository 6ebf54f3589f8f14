import { IvpInputError } from '../../bridge/index.ts'
import { tf } from '../../bridge/tensor.ts'
import type { Initial } from '../parameters.ts'
import { fromRegistry, type Registered } from './registered.ts'

/** An initializer of tfjs. */
export type Initializer = ReturnType<typeof tf.initializers.ones>

/** An initializer, its name in `tf.initializers`, or how a model file has it. */
export type InitializerIdentifier = Initializer | keyof typeof tf.initializers | Registered

/** @throws IvpInputError for a name that `tf.initializers` lacks */
export function initializerOf(option: string, given: InitializerIdentifier): Initializer {
  if (typeof given === 'string') {
    const makers: { readonly [name: string]: (args: object) => Initializer } = tf.initializers as never
    const names = Object.keys(makers)
    if (names.includes(given)) return makers[given]!({})
    throw new IvpInputError(option, given, `must be an initializer of tfjs or one of ${names.join(', ')}`)
  }
  if (typeof given !== 'object' || given === null || !('apply' in given || 'className' in given)) {
    throw new IvpInputError(
      option,
      given,
      "must be an initializer of tfjs or the name of one, such as 'zeros'",
    )
  }
  return 'apply' in given ? given : (fromRegistry(option, given) as Initializer)
}

/** How a parameter of the functional forms starts, as an initializer. Without a seed, every time differently. */
export function initializerFor(initial: Initial, seed?: number): Initializer {
  if (initial === 'zeros') return tf.initializers.zeros()
  if (initial === 'ones') return tf.initializers.ones()
  const { uniform } = initial
  const seeded = seed === undefined ? {} : { seed }
  return tf.initializers.randomUniform({ minval: -uniform, maxval: uniform, ...seeded })
}

/** For a model file. */
export function savedInitializer(initializer: Initializer): tf.serialization.ConfigDict {
  return { className: initializer.getClassName(), config: initializer.getConfig() }
}
