import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { wasmFolder } from './bundle.ts'

/** The system's Chromium; undefined where there is none. */
export const executable: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path))

/** Quiet, without a GPU, and able to run as root. WebGL comes from SwiftShader, in software. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** With a new empty profile. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable!, args: FLAGS })
}

/** What went wrong in a page while it was open. */
export interface OpenPage {
  readonly page: Page
  /** Errors of the console, exceptions that nobody caught, requests that failed. */
  readonly complaints: ReadonlyArray<string>
}

/**
 * Runs `use` on a page with one script, served from this machine together with the wasm binaries; closes everything afterwards.
 * @param wasmAt - where the binaries are served; null for nowhere
 */
export async function withPage<T>(
  browser: Browser,
  script: string,
  use: (open: OpenPage) => Promise<T>,
  wasmAt: string | null = '/',
): Promise<T> {
  const server = createServer(({ url = '/' }, response) => {
    const send = (type: string, body: string | Buffer): void => {
      response.writeHead(200, { 'content-type': type }).end(body)
    }
    const isWasm =
      wasmAt !== null && url.startsWith(wasmAt) && /^[\w-]+\.wasm$/.test(url.slice(wasmAt.length))
    const binary = isWasm ? join(wasmFolder, url.slice(wasmAt.length)) : ''
    if (url === '/') send('text/html', PAGE)
    else if (url === '/script.js') send('text/javascript', script)
    else if (isWasm && existsSync(binary)) send('application/wasm', readFileSync(binary))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    // Not warnings: a WebGL driver has them about its speed
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`))
  page.on('requestfailed', (request) => complaints.push(`request failed: ${request.url()}`))
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    return await use({ page, complaints })
  } finally {
    await page.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/script.js"></script>'
