import { ownPackage } from './ownPackage.ts'
import { UsageError } from './usageError.ts'

/** Packages without which no command runs. They are optional peers of the library, so that nobody gets them unasked. */
export const OF_EVERY_COMMAND = [
  'effect',
  '@effect/platform-node',
  '@tensorflow/tfjs',
  'pure-rand',
  'fast-png',
  '@observablehq/plot',
  'linkedom',
  '@resvg/resvg-js',
] as const

/** Packages of the usual backend, and of `odenet compare`. */
export const OF_SOME_COMMANDS = ['@tensorflow/tfjs-backend-wasm', 'ml-matrix'] as const

/** What to say where packages are missing, with one command that installs all; null where none of those is missing that `needed` names. */
export function missingPackages(needed: ReadonlyArray<string> = OF_EVERY_COMMAND): string | null {
  if (needed.every(isInstalled)) return null
  const missing = [...OF_EVERY_COMMAND, ...OF_SOME_COMMANDS].filter((name) => !isInstalled(name))
  const { peerDependencies } = ownPackage()
  const wanted = missing.map((name) => `${name}@${release(peerDependencies[name]!)}`)
  const what = missing.length === 1 ? 'a package that is' : 'packages that are'
  return `needs ${what} not installed: ${missing.join(', ')}. Install ${missing.length === 1 ? 'it' : 'them'} with: npm install ${wanted.join(' ')}`
}

/** Imports a part of the command that needs packages of its own. @throws UsageError where they are missing */
export function withPackages<T>(needed: ReadonlyArray<string>, load: () => Promise<T>): Promise<T> {
  const missing = missingPackages(needed)
  if (missing === null) return load()
  return Promise.reject(new UsageError(`This command ${missing}`, 1))
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch (error) {
    // Some have no entry of their own, only parts
    return (error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND'
  }
}

/** ^4.22.0 as 4, ^0.6.17 as 0.6: what a shell takes as it is, and what npm fills up to the newest that fits. */
function release(range: string): string {
  const [major = '', minor = ''] = /\d+(?:\.\d+)*/.exec(range)![0].split('.')
  return major === '0' ? `${major}.${minor}` : major
}
