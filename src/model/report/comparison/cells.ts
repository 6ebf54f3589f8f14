/** A table of cells that are markup already; the first of each row is its head. */
export function cells(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string =>
    `<tr><th scope="row">${row[0]}</th>${row
      .slice(1)
      .map((cell) => `<td>${cell}</td>`)
      .join('')}</tr>`
  return `<div class="scroll"><table class="wide"><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>
<tbody>${rows.map(line).join('\n')}</tbody></table></div>`
}
