import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const here = import.meta.dirname

type Place =
  | 'root'
  | 'notebooks'
  | 'kernel'
  | 'kernelspecs'
  | 'execute'
  | 'requirements'
  | 'requirementsOfLab'
  | 'environment'
  | 'executed'

/** Where things are. */
export const PLACES: Readonly<Record<Place, string>> = {
  root,
  notebooks: join(root, 'notebooks'),
  /** The kernel's own package, and what Jupyter finds it by. */
  kernel: join(here, 'kernel'),
  kernelspecs: join(here, 'jupyter'),
  execute: join(here, 'execute.py'),
  requirements: join(here, 'requirements.txt'),
  requirementsOfLab: join(here, 'requirements-lab.txt'),
  /** Made here and ignored by git: Python with Jupyter, and the notebooks as they came out last. */
  environment: join(root, '.notebooks'),
  executed: join(root, '.notebooks', 'executed'),
}
