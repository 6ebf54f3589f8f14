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
    const distance = given.includes(wanted) ? 1 : editsBetween(given, wanted)
    if (distance < least && distance <= ALIKE * Math.max(given.length, wanted.length)) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

/** Letters to insert, delete or replace: Levenshtein's distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
