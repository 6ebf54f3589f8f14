/** Loading of native TensorFlow, from whichever of its sources. */
import { registerNativeKernels } from './nativeKernels.ts'
import { registerNativeOperations } from './nativeOperations.ts'
import { restoreUtilPredicates, type UtilPredicates } from './nodeUtilShim.ts'
import { withSharedTfjs } from './sharedTfjs.ts'
import { tf } from './tensor.ts'

const BACKEND = 'tensorflow'
/** Errors only: TensorFlow otherwise tells at its start which instructions it could use. */
const QUIET = '3'

/**
 * Prepares the process, then loads a native package. One that fails leaves nothing behind: it registers its kernels before it looks for its addon,
 * and the next source would register every one again.
 */
export async function loadNative(load: () => Promise<unknown>): Promise<void> {
  restoreUtilPredicates(process.getBuiltinModule('node:util') as UtilPredicates)
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= QUIET
  const wasThere = tf.findBackendFactory(BACKEND) !== null
  try {
    await load()
    registerNativeKernels()
    registerNativeOperations()
  } catch (error) {
    if (!wasThere) forgetNative()
    throw error
  }
}

/** An installed package, on the tfjs of this project. */
export function importNative(name: string): Promise<unknown> {
  return withSharedTfjs(
    (url) => url.includes(`/node_modules/${name}/`),
    () => import(/* @vite-ignore */ name) as Promise<unknown>,
  )
}

/** Whether the current backend is native TensorFlow. */
export function isNative(): boolean {
  return tf.getBackend() === BACKEND
}

/** Whether the current backend computes on a GPU. */
export function usesGpu(): boolean {
  return (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true
}

function forgetNative(): void {
  for (const { kernelName } of tf.getKernelsForBackend(BACKEND)) tf.unregisterKernel(kernelName, BACKEND)
  if (tf.findBackendFactory(BACKEND) !== null) tf.removeBackend(BACKEND)
}
