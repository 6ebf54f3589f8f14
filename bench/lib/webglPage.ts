/** Measurements on tfjs's WebGL backend, in a page of headless Chromium. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, makeProject } from '../../test/browser/bundle.ts'
import { executable, launch, withPage } from '../../test/browser/chromium.ts'
import type { Measured, Location, Size } from './stateLocationRace.ts'

/** An open page. */
export interface WebglPage {
  /** What draws, in the words of its driver. */
  readonly device: string
  race(size: Size, locations: ReadonlyArray<Location>): Promise<Partial<Record<Location, Measured>>>
}

/** What the script leaves in the page. */
interface Globals {
  start(): Promise<string | null>
  race: WebglPage['race']
}

const ENTRY = (here: string): string => `import * as tf from '@tensorflow/tfjs'
import { odeint, odeintAsync } from 'solve-ivp/bridge'
import { raceLocations } from '${here}../../bench/lib/stateLocationRace.ts'
globalThis.start = async () => {
  const gl = document.createElement('canvas').getContext('webgl2')
  if (gl === null || !(await tf.setBackend('webgl'))) return null
  return gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL)
}
globalThis.race = (size, locations) => raceLocations({ tf, odeint, odeintAsync }, size, locations, false)\n`

/** Runs `use` with a page on WebGL. Null where there is no Chromium, or none with WebGL. */
export async function onWebglPage<T>(use: (page: WebglPage) => Promise<T>): Promise<T | null> {
  if (executable === undefined) return null
  const folder = mkdtempSync(join(tmpdir(), 'solve-ivp-webgl-'))
  try {
    makeProject(folder)
    const { code } = await bundle(folder, 'stateLocations', ENTRY)
    const browser = await launch()
    try {
      return await withPage(browser, code, async ({ page }) => {
        const device = await page.evaluate(() => (globalThis as unknown as Globals).start())
        if (device === null) return null
        const race: WebglPage['race'] = (size, locations) =>
          page.evaluate(([s, r]) => (globalThis as unknown as Globals).race(s, r), [size, locations] as const)
        return use({ device, race })
      })
    } finally {
      await browser.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
