// Puts the pure solver into one file: reading a hundred small modules takes most of the time of an import (bench/results/import-time.json).
// Run by `npm run build` after the compiler, whose declarations stay; another folder than dist may be named. Modules that other rooms import by their own path stay files too.
import { globSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { rolldown } from 'rolldown'

const root = new URL('../', import.meta.url).pathname
const src = `${root}src/`
const dist = `${resolve(process.argv[2] ?? `${root}dist`)}/`

/** Paths below ivp/ that compiled modules outside it import. */
function imported() {
  const found = new Set(['index.js'])
  for (const file of globSync('**/*.js', { cwd: dist })) {
    if (file.startsWith('ivp/')) continue
    for (const [, path] of readFileSync(dist + file, 'utf8').matchAll(/from '(?:\.\.?\/)+ivp\/(.+?)'/g))
      found.add(path)
  }
  return [...found].map((path) => path.replace(/\.js$/, ''))
}

const input = Object.fromEntries(imported().map((name) => [name, `${src}ivp/${name}.ts`]))
for (const file of globSync('ivp/**/*.{js,js.map}', { cwd: dist })) rmSync(dist + file)
const bundle = await rolldown({ input, tsconfig: `${root}tsconfig.json` })
await bundle.write({
  dir: `${dist}ivp`,
  entryFileNames: '[name].js',
  // All in one: what the entries share would otherwise be cut into as many files as there are sets of entries that share it
  codeSplitting: { groups: [{ name: 'solver' }] },
  chunkFileNames: '[name].js',
  sourcemap: true,
})
await bundle.close()
