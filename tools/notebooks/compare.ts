import { textOf, type Cell, type Notebook, type Output } from './notebook.ts'

/** Numbers with fewer equal digits than this have changed. */
const DIGITS = 3
/** Coordinates of a picture, in its own units (about a pixel). */
const PIXEL = 0.5
const NUMBER = /[-−]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi
/** Ids that hold a hash of a whole picture. */
const HASHES = /clip-[0-9a-f]{10}/g

/** What the outputs of two runs of a notebook differ in, one sentence for each cell that changed; cells tagged `volatile` may. */
export function differences(committed: Notebook, executed: Notebook): string[] {
  return committed.cells.flatMap((cell, i) => {
    if (cell.cell_type !== 'code' || cell.metadata.tags?.includes('volatile')) return []
    const changed = changeIn(cell, executed.cells[i])
    return changed === null ? [] : [`cell ${i} (${cell.id}): ${changed}`]
  })
}

function changeIn(before: Cell, after: Cell | undefined): string | null {
  const [old, now] = [before, after].map((cell) => joined(cell?.outputs ?? []))
  const media = (outputs: Map<string, string>): string => [...outputs.keys()].join(', ') || 'nothing'
  if (media(old!) !== media(now!)) return `it showed ${media(old!)}, and now ${media(now!)}`
  for (const [medium, text] of old!) {
    const change = changeOfText(text, now!.get(medium)!, medium.includes('image/svg') ? PIXEL : 0)
    if (change !== null) return `${medium}: ${change}`
  }
  return null
}

/** Outputs in order by what they are; a stream that came in several pieces is one. */
function joined(outputs: ReadonlyArray<Output>): Map<string, string> {
  const texts = new Map<string, string>()
  outputs.forEach((output, i) => {
    if (output.output_type === 'stream') {
      const name = output.name ?? 'stream'
      texts.set(name, (texts.get(name) ?? '') + textOf(output.text ?? ''))
    }
    for (const [type, data] of Object.entries(output.data ?? {})) texts.set(`${type} #${i}`, textOf(data))
  })
  return texts
}

/** @param slack - how far numbers may be apart in any case */
function changeOfText(before: string, after: string, slack: number): string | null {
  const [old, now] = [before, after].map((text) => text.replaceAll(HASHES, 'clip')) as [string, string]
  const [oldWords, nowWords] = [old, now].map((text) => text.split(NUMBER)) as [string[], string[]]
  const word = oldWords.findIndex((text, i) => text !== nowWords[i])
  if (word >= 0) return `'${excerpt(oldWords[word]!)}' became '${excerpt(nowWords[word] ?? '')}'`
  if (oldWords.length !== nowWords.length) return 'it has become longer'
  const [oldNumbers, nowNumbers] = [old, now].map((text) => text.match(NUMBER) ?? [])
  const number = oldNumbers!.findIndex((text, i) => !isClose(text, nowNumbers![i]!, slack))
  return number < 0 ? null : `${oldNumbers![number]} became ${nowNumbers![number]}`
}

/** Whether two numbers agree to three digits, or to half a unit of the third, so that 1.995 and 2.005 are as close as 1.991 and 1.999. */
function isClose(before: string, after: string, slack: number): boolean {
  const [a, b] = [before, after].map((text) => Number(text.replace('−', '-'))) as [number, number]
  const digits = [a, b].map((value) => value.toPrecision(DIGITS))
  return digits[0] === digits[1] || Math.abs(a - b) <= Math.max(slack, 1e-3 * Math.max(Math.abs(a), Math.abs(b))) // prettier-ignore
}

function excerpt(text: string): string {
  return text.trim().slice(0, 60)
}
