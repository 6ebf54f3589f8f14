import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, assert, describe, it } from 'vitest'
import { FolderLock, isOfLock } from '../../../src/model/cli/folderLock.ts'
import { newFolder, removeFolders } from './command.ts'

afterAll(removeFolders)

interface Written {
  readonly id: string
  readonly pid: number
  readonly host: string
  readonly boot: string | null
  readonly began: string | null
}

/** A folder with the lock of this process, of which some fields are others. */
function lockedWith(changes: Partial<Written>): string {
  const folder = newFolder()
  const lock = FolderLock.take(folder, 'run')
  const file = join(folder, 'run.lock')
  const own = JSON.parse(readFileSync(file, 'utf8')) as Written
  lock.release()
  writeFileSync(file, JSON.stringify({ ...own, id: 'other', ...changes }))
  return folder
}

const refusal = (folder: string): string => {
  try {
    FolderLock.take(folder, 'run').release()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

/** The number of a process that has ended. */
const ended = (): Promise<number> => {
  const child = spawn(process.execPath, ['-e', ''])
  return new Promise((resolve) => child.on('exit', () => resolve(child.pid!)))
}

describe('the lock of a folder', () => {
  it('is had by one, until it is given back', () => {
    const folder = newFolder()
    const lock = FolderLock.take(folder, 'run')
    assert.match(refusal(folder), new RegExp(`^The run in ${folder} is in use by process ${process.pid} `))
    lock.release()
    lock.release()
    assert.deepEqual(readdirSync(folder), [])
    assert.throws(() => FolderLock.keeping(folder, 'run', () => { throw new RangeError('mine') }), RangeError) // prettier-ignore
    assert.equal(refusal(folder), '')
  })

  it('of a process that was killed is taken over', async () => {
    const folder = lockedWith({ pid: await ended() })
    assert.equal(refusal(folder), '')
    assert.deepEqual(readdirSync(folder), [])
  })

  it.skipIf(process.platform !== 'linux')(
    'of a process whose number another one has got by now is taken over (only Linux tells)',
    () => {
      assert.equal(refusal(lockedWith({ began: '1' })), '')
      assert.equal(refusal(lockedWith({ boot: 'an earlier start of this machine' })), '')
      assert.match(refusal(lockedWith({})), /is in use by process/)
    },
  )

  it('of another machine is left to the user, and the advice helps', () => {
    const folder = lockedWith({ host: 'elsewhere', pid: 1 })
    const file = join(folder, 'run.lock')
    const says = refusal(folder)
    assert.match(says, /in use by process 1 on elsewhere, of which this machine cannot tell/)
    assert.include(says, `if it has ended, remove ${file}.`)
    unlinkSync(file)
    assert.equal(refusal(folder), '')
  })

  it('that is damaged is named, and the advice helps', () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'run.lock'), '{"pid":')
    assert.match(refusal(folder), /^\S*run\.lock is damaged: remove it/)
    unlinkSync(join(folder, 'run.lock'))
    assert.equal(refusal(folder), '')
  })

  it('of a dead process goes to one of many that want it at once', { timeout: 120_000 }, async () => {
    const folder = lockedWith({ pid: await ended() })
    const go = join(newFolder(), 'go')
    const source = new URL('../../../src/model/cli/folderLock.ts', import.meta.url).href
    const script = `
      const { existsSync } = await import('node:fs')
      const { FolderLock } = await import(${JSON.stringify(source)})
      console.log('ready')
      while (!existsSync(${JSON.stringify(go)})) ;
      try { FolderLock.take(${JSON.stringify(folder)}, 'run'); console.log('has it') } catch { console.log('refused') }
      setInterval(() => {}, 1000)
      process.stdin.resume().on('end', () => process.exit())`
    const many = Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      let printed = ''
      let look = (): void => {}
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        look()
      })
      return {
        child,
        line: (pattern: RegExp) =>
          new Promise<string>((resolve) => {
            look = () => {
              const found = pattern.exec(printed)?.[0]
              if (found !== undefined) resolve(found)
            }
            look()
          }),
      }
    })
    await Promise.all(many.map(({ line }) => line(/ready/)))
    writeFileSync(go, '')
    const lines = await Promise.all(many.map(({ line }) => line(/has it|refused/)))
    assert.deepEqual(lines.toSorted(), ['has it', 'refused', 'refused', 'refused'])
    assert.isTrue(existsSync(join(folder, 'run.lock')))
    const over = many.map(({ child }) => new Promise((resolve) => child.on('exit', resolve)))
    for (const { child } of many) child.stdin.end()
    await Promise.all(over)
    assert.deepEqual(readdirSync(folder).filter(isOfLock), [])
  })
})
