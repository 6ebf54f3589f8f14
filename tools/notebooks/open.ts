/** `npm run notebook`: opens the notebooks in JupyterLab, in a browser. Arguments are passed on to it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buildPackage, setUp, variables } from './environment.ts'
import { CommandFailure } from '../command/failure.ts'
import { PLACES } from './places.ts'
import { runToTheEnd } from '../command/runToTheEnd.ts'

await runToTheEnd(async (signal) => {
  const python = await setUp(PLACES.requirementsOfLab, signal, (line) => console.log(line))
  await buildPackage(signal)
  const lab = spawn(python, ['-m', 'jupyterlab', PLACES.notebooks, ...process.argv.slice(2)], {
    env: variables(),
    stdio: 'inherit',
    signal,
  })
  const [code] = (await once(lab, 'exit')) as [number | null]
  if (code !== 0 && !signal.aborted) throw new CommandFailure('failed', 'JupyterLab ended with an error.')
})
