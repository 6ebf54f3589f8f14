import { readFileSync } from 'node:fs'

/** What this package says of itself. */
interface OwnPackage {
  readonly version: string
  readonly engines: { readonly node: string }
  readonly peerDependencies: { readonly [name: string]: string }
}

/** The package.json of this package, as far from the sources as from what is built. */
export function ownPackage(): OwnPackage {
  return JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as OwnPackage
}
