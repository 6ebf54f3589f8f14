/** What a native package imports of tfjs, by name. */
const SHARED = ['@tensorflow/tfjs', '@tensorflow/tfjs-core']

/** The first Node with the hooks by which native packages are given the tfjs of the project. */
const NODE_WITH_HOOKS = '22.15'

/** This Node cannot load native TensorFlow. */
export class NodeTooOld extends Error {
  override readonly name = 'NodeTooOld'
  readonly _tag = 'NodeTooOld'

  constructor() {
    super(`needs Node ${NODE_WITH_HOOKS} or newer, and this is Node ${process.versions.node}`)
  }
}

/**
 * Runs `load` such that native packages take the tfjs of this project, wherever they are installed: a copy of their own would have tensors and
 * flags of its own. Other modules resolve as ever.
 * @throws NodeTooOld
 * @param isNative - whether a file, by its URL, belongs to the package that is being loaded
 */
export async function withSharedTfjs<T>(
  isNative: (fileUrl: string) => boolean,
  load: () => T | Promise<T>,
): Promise<T> {
  const { createRequire, registerHooks } = process.getBuiltinModule('node:module')
  if (typeof registerHooks !== 'function') throw new NodeTooOld()
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
