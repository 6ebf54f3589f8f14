import { tf } from './tensor.ts'

/**
 * Makes a registered backend tfjs's current one. tfjs says only whether that worked, and prints the cause: here the backend's factory is listened to.
 * @returns null if it worked, else the cause; undefined where none is known
 */
export async function startBackend(name: string): Promise<{ readonly cause: unknown } | null> {
  const entry = tf.engine().registryFactory[name]
  let cause: unknown
  const noted = (error: unknown): never => {
    cause = error
    throw error
  }
  const factory = entry?.factory
  if (entry !== undefined) {
    entry.factory = () => {
      try {
        const made = factory!()
        return 'then' in made ? made.then((backend) => backend, noted) : made
      } catch (error) {
        return noted(error)
      }
    }
  }
  try {
    return (await tf.setBackend(name)) ? null : { cause }
  } finally {
    if (entry !== undefined) entry.factory = factory!
  }
}
