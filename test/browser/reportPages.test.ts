import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { executable, launch } from './chromium.ts'

const RESULTS = fileURLToPath(new URL('../../results', import.meta.url))
const pages = readdirSync(RESULTS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** What sticks out: of the page, of a box that scrolls, of a picture; texts of a picture that lie upon each other. */
function faults(mayScroll: boolean): string[] {
  const found: string[] = []
  const isOver = (inner: DOMRect, outer: DOMRect): boolean =>
    inner.right > outer.right + 0.5 || inner.left < outer.left - 0.5 || inner.bottom > outer.bottom + 0.5
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than the screen')
  for (const box of document.querySelectorAll<HTMLElement>('.scroll, pre')) {
    if (!mayScroll && box.scrollWidth > box.clientWidth) found.push(`cut: ${box.textContent.slice(0, 60)}`)
  }
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect()
    const labels = [...svg.querySelectorAll('g[aria-label="labels"] text')]
    const boxes = labels.map((label) => label.getBoundingClientRect())
    for (const [i, box] of boxes.entries()) {
      if (isOver(box, frame)) found.push(`outside its picture: ${labels[i]!.textContent}`)
      for (const other of boxes.slice(i + 1)) {
        // Line boxes are a little higher than letters
        if (Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 0.25 * box.height)
          found.push(`on another label: ${labels[i]!.textContent}`)
      }
    }
  }
  return found
}

describe('the pages of results in headless Chromium', { timeout: 120_000 }, () => {
  let browser: Browser | undefined

  const reason = 'no chromium on the PATH (apt-get install chromium)'
  beforeAll(async () => {
    if (executable !== undefined) browser = await launch()
  })
  beforeEach(({ skip }) => skip(executable === undefined, reason))
  afterAll(() => browser?.close())

  const open = async <T>(name: string, width: number, use: (page: Page) => Promise<T>): Promise<T> => {
    const page = await browser!.newPage({ viewport: { width, height: 900 } })
    try {
      await page.goto(pathToFileURL(join(RESULTS, name, 'report.html')).href)
      return await use(page)
    } finally {
      await page.close()
    }
  }

  it.each(pages)('%s cuts nothing at 1200 pixels, fits a telephone, and keeps labels whole and apart', async (name) => {
    for (const width of [360, 1200, 1440])
      assert.deepEqual(await open(name, width, (page) => page.evaluate(faults, width < 1000)), [], `${width} px`)
  }) // prettier-ignore
})
