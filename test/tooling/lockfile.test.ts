import { readFileSync } from 'node:fs'
import { assert, it } from 'vitest'

it('every package that the lockfile pins is pinned by its content, those of other systems too', () => {
  const path = new URL('../../package-lock.json', import.meta.url)
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as {
    packages: Record<string, { readonly integrity?: string; readonly link?: boolean }>
  }
  const pinned = Object.entries(packages).filter(([place]) => place !== '')
  assert.isAbove(pinned.length, 400)
  const without = pinned.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)
  assert.deepEqual(
    without.map(([place]) => place),
    [],
  )
})
