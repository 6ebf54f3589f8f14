/** Names that need more edits than this share of their letters are not alike. */
const ALIKE = 0.5

/** The known name that a misspelt one is most like, whatever its case; null if none is. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const given = name.replaceAll('_', '').toLowerCase()
  let nearest: string | null = null
  let least = Infinity
  for (const candidate of known) {
    const wanted = candidate.toLowerCase()
    // `isTerminal`: a known name and more
    const distance = Math.min(editsBetween(given, wanted), given.includes(wanted) ? 1 : Infinity)
    if (distance < least && distance <= ALIKE * Math.max(given.length, wanted.length)) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

/** Letters to insert, delete or replace, and neighbours to exchange (Damerau and Levenshtein's distance). */
function editsBetween(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const exchanged = isExchange ? before[j - 2]! + 1 : Infinity
      next.push(Math.min(replaced, exchanged, row[j]! + 1, next[j - 1]! + 1))
    }
    before = row
    row = next
  }
  return row[b.length]!
}
