/** What a native package imports of tfjs, by name. */
const SHARED = ['@tensorflow/tfjs', '@tensorflow/tfjs-core']

/**
 * Runs `load` such that native packages take the tfjs of this project, wherever they are installed: a copy of their own would have tensors and
 * flags of its own. Other modules resolve as ever.
 * @param isNative - whether a file, by its URL, belongs to the package that is being loaded
 */
export async function withSharedTfjs<T>(
  isNative: (fileUrl: string) => boolean,
  load: () => T | Promise<T>,
): Promise<T> {
  const { createRequire, registerHooks } = process.getBuiltinModule('node:module')
  const tfjs = createRequire(import.meta.url).resolve('@tensorflow/tfjs')
  const ours = new Map(SHARED.map((name) => [name, createRequire(tfjs).resolve(name)]))
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const own = isNative(context.parentURL ?? '') ? ours.get(specifier) : undefined
      return next(own ?? specifier, context)
    },
  })
  try {
    return await load()
  } finally {
    hooks.deregister()
  }
}
