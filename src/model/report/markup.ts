/** What stands where there is nothing to show. */
export const NOTHING = '<p class="quiet">Nothing recorded.</p>'

export function table(rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return NOTHING
  const body = rows.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`,
  )
  return `<table><tbody>${body.join('\n')}</tbody></table>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escape(value: string | number): string {
  return String(value).replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? c)
}

/** A command, broken before a flag where a line is too short; a flag stays with its value. */
export function commandLine(command: string): string {
  return command
    .split(/ (?=--)/)
    .map((part) => `<span class="flag">${escape(part)}</span>`)
    .join(' ')
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}
