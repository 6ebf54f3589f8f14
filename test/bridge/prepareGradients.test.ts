import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { assert, it } from 'vitest'

/** What a bundler keeps of the bridge, whose package says that its modules have no side effects. */
async function bundled(name: string): Promise<string> {
  const bridge = fileURLToPath(new URL('../../src/bridge/index.ts', import.meta.url))
  const build = await rolldown({
    input: 'entry',
    external: [/^@tensorflow/, /^node:/],
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : undefined),
        load: (id) =>
          id === 'entry'
            ? `import { ${name} } from ${JSON.stringify(bridge)}\nconsole.log(${name})`
            : undefined,
      },
    ],
  })
  const { output } = await build.generate({ format: 'es' })
  await build.close()
  return output.map((part) => ('code' in part ? part.code : '')).join('\n')
}

it('who bundles odeint gets the gradients that it needs, and who does not is spared them', async () => {
  for (const name of ['odeint', 'odeintAsync'])
    assert.include(await bundled(name), 'ResizeBilinearGrad', name)
  assert.notInclude(await bundled('IvpInputError'), 'ResizeBilinearGrad')
})
