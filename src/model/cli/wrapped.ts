/** Breaks a text between its words; a word that is wider than the line stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** Lines for standard output, broken between their words where it is a terminal; not for commands, which people copy. */
export function forTerminal(text: string): string {
  const columns = process.stdout.columns ?? Infinity
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, columns))
    .join('\n')
}
