import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Where a build happens until it is whole: beside its final place, so that moving it there is one rename. */
export interface Workplace {
  readonly path: string
  /** Puts the whole build into its final place; what was there goes. */
  readonly publish: () => void
  /** Removes everything that was not published. */
  readonly clear: () => void
}

/** A new, empty one. Removes what builds that were killed left behind. */
export function openWorkplace(target: string): Workplace {
  const parent = dirname(target)
  const prefix = `.${basename(target)}-building-`
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
      rmSync(join(parent, name), { recursive: true, force: true })
  }
  const path = join(parent, `${prefix}${process.pid}`)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  const clear = (): void => rmSync(path, { recursive: true, force: true })
  return {
    path,
    publish: () => {
      const former = join(path, 'former')
      const whole = join(path, 'native')
      if (existsSync(target)) renameSync(target, former)
      renameSync(whole, target)
      clear()
    },
    clear,
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
