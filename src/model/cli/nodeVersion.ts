import { ownPackage } from './ownPackage.ts'

/**
 * What to say where this Node is too old for the package; null where it is not.
 * @param running - as `process.versions.node` says it
 */
export function oldNode(running: string): string | null {
  const wanted = /\d+(?:\.\d+)*/.exec(ownPackage().engines.node)![0]
  if (!isBefore(running.split('.').map(Number), wanted.split('.').map(Number))) return null
  return `needs Node ${wanted} or newer, and this is Node ${running}: install a newer one (https://nodejs.org), then run the command again.`
}

function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const at = other.findIndex((part, i) => part !== (version[i] ?? 0))
  return at >= 0 && (version[at] ?? 0) < other[at]!
}
