/** What people type to run the command: it need not be installed for the whole machine. */
const PROGRAM = 'npx odenet'

/** A command of this program as people type it into a shell, for messages, help and reports. Words that a shell would take apart are quoted. */
export function asTyped(...words: readonly string[]): string {
  return [PROGRAM, ...words.map(shellWord)].join(' ')
}

/** A command that a file keeps, such as `odenet train --seed 1`, as people type it. */
export function keptAsTyped(command: string): string {
  return command.replace(/^odenet\b/, PROGRAM)
}

/** A word that a POSIX shell reads as one. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
