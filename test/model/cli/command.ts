import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../src/model/cli/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `odenet` as a user would; `whileRunning` sees the process and everything printed so far, `atStart` the process before it prints. */
export function odenet(
  args: ReadonlyArray<string>,
  whileRunning: (child: ChildProcess, printed: string) => void = () => {},
  atStart: (child: ChildProcess) => void = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, NO_COLOR: '1' } })
  atStart(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    whileRunning(child, stdout + stderr)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    whileRunning(child, stdout + stderr)
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

const folders: string[] = []

/** An empty folder, which `removeFolders` removes. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'odenet-'))
  folders.push(folder)
  return folder
}

/** Removes what `newFolder` and `smallMnist` made for this test file. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A net of seconds. */
export const SMALL: readonly string[] = ['--dim', '4', '--groups', '2', '--batch', '16', '--workers', '1']

/** A folder with the four files of MNIST in their true format: images of a bright bar whose place tells the class. */
export function smallMnist(nTrain: number, nTest: number): string {
  const folder = newFolder()
  const write = (name: string, n: number): void => {
    const images = Buffer.alloc(16 + n * 784)
    images.writeUInt32BE(0x803, 0)
    ;[n, 28, 28].forEach((size, i) => images.writeUInt32BE(size, 4 + 4 * i))
    const labels = Buffer.alloc(8 + n)
    labels.writeUInt32BE(0x801, 0)
    labels.writeUInt32BE(n, 4)
    for (let k = 0; k < n; k++) {
      labels[8 + k] = k % 10
      const row = 2 * (k % 10) + 4
      for (let at = 0; at < 784; at++) {
        const isBar = Math.floor(at / 28) === row
        images[16 + k * 784 + at] = isBar ? 255 : (at * 7 + k * 31) % 40
      }
    }
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), images)
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), labels)
  }
  write('train', nTrain)
  write('t10k', nTest)
  return folder
}
