import { spawn, type StdioOptions } from 'node:child_process'

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Ends the command. */
  readonly signal?: AbortSignal
  /** Lets the command write its progress to the terminal, where there is one. */
  readonly showsProgress?: boolean
}

export interface CommandResult {
  /** Exit code; null if the command could not be started or was ended by a signal. */
  readonly code: number | null
  /** The signal that ended it, such as SIGSEGV; null if none did. */
  readonly signal: string | null
  readonly stdout: string
  /** What it wrote to stderr, or why it could not be started. */
  readonly stderr: string
}

/** Runs a program to its end, whatever that is. */
export function run(
  program: string,
  args: ReadonlyArray<string>,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd, env = process.env, signal, showsProgress = false } = options
  const shown = showsProgress && process.stdout.isTTY
  const stdio: StdioOptions = ['ignore', shown ? 'inherit' : 'pipe', 'pipe']
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio, ...(signal === undefined ? {} : { signal }) })
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', (error) => {
      stderr += error.message
      // A program that was never started does not close
      if (child.pid === undefined) resolve({ code: null, signal: null, stdout, stderr })
    })
    child.on('close', (code, by) => resolve({ code, signal: by, stdout, stderr }))
  })
}

/** The end of what a command wrote, for a message. */
export function lastLines({ stdout, stderr }: CommandResult, count = 12): string {
  const lines = (stderr.trim() || stdout.trim()).split('\n')
  return lines.slice(-count).join('\n')
}
