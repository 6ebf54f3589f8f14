import { tf } from './tensor.ts'

/** What a kernel of tfjs computes. */
export type KernelFunction = NonNullable<ReturnType<typeof tf.getKernel>>['kernelFunc']

/** Puts a kernel in the place of the one that a backend has, and of none where it has none. @param make - of the one that was there */
export function replaceKernel(
  kernelName: string,
  backendName: string,
  make: (theirs: KernelFunction | null) => KernelFunction,
): void {
  const theirs = tf.getKernel(kernelName, backendName)
  if (theirs !== undefined) tf.unregisterKernel(kernelName, backendName)
  tf.registerKernel({ ...theirs, kernelName, backendName, kernelFunc: make(theirs?.kernelFunc ?? null) })
}
