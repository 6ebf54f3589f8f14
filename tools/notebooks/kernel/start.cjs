/**
 * Starts tslab, the Jupyter kernel, so that it finds types as Node finds modules: through `exports`, which only the module resolution
 * "Bundler" reads, and those of this package from inside it too.
 */
const { join } = require('node:path')

const compiler = require.resolve('@tslab/typescript-for-tslab')
const ts = require(compiler)
const root = join(__dirname, '../../..')
const { name, exports: entries } = require(join(root, 'package.json'))
const paths = Object.fromEntries(
  Object.entries(entries)
    .filter(([, { types }]) => types !== undefined)
    .map(([entry, { types }]) => [`${name}${entry.slice(1)}`, [types]]),
)
const resolution = { moduleResolution: ts.ModuleResolutionKind.Bundler, baseUrl: root, paths }

// The compiler's exports cannot be assigned to
require.cache[compiler].exports = {
  ...ts,
  createWatchCompilerHost: (files, options, ...rest) =>
    ts.createWatchCompilerHost(files, { ...options, ...resolution }, ...rest),
}
// tslab ends where a file changes while a cell runs, as when a cell writes one. What is imported is read once; a rebuilt package needs a new kernel
const unwatched = () => ({ close: () => undefined })
Object.assign(ts.sys, { watchFile: unwatched, watchDirectory: unwatched })

require('tslab/dist/main.js').main()
