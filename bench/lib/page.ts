/** Tables in the pages of docs, between their markers. */
import { readFileSync, writeFileSync } from 'node:fs'

export function table(head: ReadonlyArray<string>, lines: ReadonlyArray<ReadonlyArray<string>>): string {
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** Puts each part between `<!-- name -->` and `<!-- /name -->` in docs/NAME.md. */
export function fillPage(page: string, parts: Readonly<Record<string, string>>): void {
  const file = new URL(`../../docs/${page}.md`, import.meta.url)
  let text = readFileSync(file, 'utf8')
  for (const [name, content] of Object.entries(parts)) {
    const marked = new RegExp(`(<!-- ${name} -->)[\\s\\S]*?(<!-- /${name} -->)`)
    if (!marked.test(text)) throw new Error(`docs/${page}.md has no place for ${name}`)
    text = text.replace(marked, `$1\n\n${content}\n\n$2`)
  }
  writeFileSync(file, text)
}
