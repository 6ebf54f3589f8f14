/** How a flag is written: holdOut is given as --hold-out. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`
}

/** What was given, as one writes it: `--epochs, --lr`; null for nothing. */
export function givenFlags(given: object, but: ReadonlyArray<string>): string | null {
  const names = Object.entries(given).filter(([name, value]) => value !== undefined && !but.includes(name))
  return names.length === 0 ? null : names.map(([name]) => flagOf(name)).join(', ')
}
