/** Something that a line may show. */
export interface Field {
  readonly text: string
  /** Where the line has no room for all, fields of the lowest rank go first. */
  readonly rank: number
}

const BAR = 20
/** The bar goes after the fields of a lower rank. */
const RANK_OF_BAR = 2.5

/** What a training is, how far it is, and as many of its fields, in their order, as fit into so many columns. */
export function progressLine(
  title: string,
  share: number,
  fields: readonly Field[],
  columns: number,
): string {
  const done = Math.min(1, Math.max(0, share))
  const filled = Math.round(BAR * done)
  const bar = ` ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`
  const parts = [
    { text: bar, rank: RANK_OF_BAR },
    { text: ` ${Math.floor(100 * done)} %`, rank: Infinity },
    ...fields.map(({ text, rank }) => ({ text: ` | ${text}`, rank })),
  ]
  const room = columns - title.length
  const width = (): number => parts.reduce((sum, { text }) => sum + text.length, 0)
  while (width() > room && parts.length > 1) parts.splice(indexOfLowest(parts), 1)
  const rest = parts.map(({ text }) => text).join('')
  return rest.length <= room ? title + rest : shortened(title, columns - rest.length) + rest
}

function indexOfLowest(parts: readonly Field[]): number {
  return parts.reduce((lowest, { rank }, i) => (rank < parts[lowest]!.rank ? i : lowest), 0)
}

function shortened(text: string, length: number): string {
  return length < 1 ? '' : `${text.slice(0, length - 1)}…`
}
