import { readFileSync, readlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { attempt } from './attempt.ts'
import { UsageError } from './usageError.ts'

const LOCK = 'run.lock'

/** Whether a file of a folder belongs to its lock. */
export const isOfLock = (name: string): boolean => name === LOCK || name.startsWith(`${LOCK}.`)

/** Who holds a lock. A number of a process is given again after its end, and another machine's says nothing here. */
interface Owner {
  readonly id: string
  readonly pid: number
  /** Name of the machine, and on Linux the space of its process numbers: containers have their own. */
  readonly host: string
  /** On Linux: which start of the machine it is, and at which of its ticks the process began; else null. */
  readonly boot: string | null
  readonly began: string | null
  /** ISO 8601, UTC. */
  readonly since: string
}

/** Files of the locks that this process holds. */
const held = new Map<string, Owner>()
process.on('exit', () => {
  for (const [file, owner] of held) letGo(file, owner)
})

/** A folder that only this process writes to, as long as all others ask for the lock too. */
export class FolderLock {
  readonly #file: string
  readonly #owner: Owner

  private constructor(file: string, owner: Owner) {
    this.#file = file
    this.#owner = owner
    held.set(file, owner)
  }

  /**
   * Takes the lock of a folder. That of a process which ended without giving it back, killed for example, is taken over.
   * @throws UsageError that names the process which has it
   */
  static take(folder: string, of: 'run' | 'comparison'): FolderLock {
    const file = join(folder, LOCK)
    const owner = thisProcess()
    const other = attempt(folder, 'cannot be written to', () => taken(file, owner))
    if (other === null) return new FolderLock(file, owner)
    const isHere = other.host === owner.host
    const where = isHere
      ? ''
      : ` on ${other.host.split(' ')[0]}, of which this machine cannot tell whether it is still there`
    const way = isHere ? 'wait for its end, or stop it' : `if it has ended, remove ${file}`
    throw new UsageError(
      `The ${of} in ${folder} is in use by process ${other.pid}${where} (since ${other.since}): ${way}.`,
      1,
    )
  }

  /** Takes the lock for what `body` makes; where that fails, it is given back. */
  static keeping<T>(folder: string, of: 'run' | 'comparison', body: (lock: FolderLock) => T): T {
    const lock = FolderLock.take(folder, of)
    try {
      return body(lock)
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** Gives it back; a second call does nothing. The end of the process does so too. */
  release(): void {
    if (held.delete(this.#file)) letGo(this.#file, this.#owner)
  }
}

/** Takes the lock in that file. Null, or the process that has it and lives. */
function taken(file: string, own: Owner): Owner | null {
  for (;;) {
    if (created(file, own)) return null
    const other = ownerOf(file)
    if (other === undefined) continue
    if (isAlive(other, own)) return other
    // Two that find the same dead owner must not both remove its file, for the second would remove the lock of the first: whoever has the lock of this removal does
    const removal = `${file}.${other.id}`
    const busy = taken(removal, own)
    if (busy !== null) return busy
    if (ownerOf(file)?.id === other.id) unlinkSync(file)
    unlinkSync(removal)
  }
}

function created(file: string, own: Owner): boolean {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Pauses, in milliseconds, and their number, while the content of a new lock is not there yet. */
const PAUSE = 20
const PAUSES = 50

/** What a lock says; undefined where it is gone. */
function ownerOf(file: string): Owner | undefined {
  for (let pause = 0; pause < PAUSES; pause++) {
    try {
      const owner = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>
      if (typeof owner.id === 'string' && typeof owner.pid === 'number') return owner as Owner
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return undefined
      if (code !== undefined) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
  }
  throw new UsageError(`${file} is damaged: remove it if no other process uses its folder.`, 1)
}

function letGo(file: string, own: Owner): void {
  try {
    if (ownerOf(file)?.id === own.id) unlinkSync(file)
  } catch {
    // The folder is gone, or cannot be written to any more: the next process finds that this one has ended
  }
}

function isAlive(owner: Owner, own: Owner): boolean {
  if (owner.host !== own.host) return true
  if (owner.boot !== own.boot) return false
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM: it lives and belongs to somebody else
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const began = beginOf(owner.pid)
  return began === null || began === owner.began
}

function thisProcess(): Owner {
  const space = linux(() => readlinkSync('/proc/self/ns/pid'))
  return {
    id: crypto.randomUUID(),
    pid: process.pid,
    host: space === null ? hostname() : `${hostname()} ${space}`,
    boot: linux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    began: beginOf(process.pid),
    since: new Date().toISOString(),
  }
}

/** The tick at which a process began; null where the system does not tell. */
function beginOf(pid: number): string | null {
  // The name of the program, in parentheses, may hold anything; behind it come the fields from the third on
  const fields = linux(() =>
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' '),
  )
  if (fields === null) return null
  // A zombie has ended, and its parent has not asked how
  return fields[0] === 'Z' ? 'ended' : fields[19]!
}

/** What only Linux tells. */
function linux<T>(read: () => T): T | null {
  try {
    return process.platform === 'linux' ? read() : null
  } catch {
    return null
  }
}
