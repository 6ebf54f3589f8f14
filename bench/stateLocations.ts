/**
 * Where should the state of a solve on tensors live, in float32 arrays on the host or in tensors of the backend? Forward solve and gradient of a network
 * tanh(h w + b) of growing width in both places, side by side, on every backend that loads here; WebGL in headless Chromium.
 * Command: node bench/stateLocations.ts [backend ...]; all backends together write bench/results/state-locations.json.
 */
import { chooseBackend, odeint, odeintAsync, type BackendWish } from '../src/bridge/index.ts'
import { tf } from '../src/bridge/tensor.ts'
import { duration, machine, writeResult } from './lib/report.ts'
import { raceLocations, ROUNDS, type Measured, type Location, type Size } from './lib/stateLocationRace.ts'
import { onWebglPage } from './lib/webglPage.ts'

const BACKENDS = ['cpu', 'wasm', 'tensorflow', 'webgl', 'webgpu']
/** Plain JavaScript, and WebGPU without a GPU, do not get the largest. */
const SMALL: ReadonlyArray<Size> = [
  { batch: 1, width: 2 },
  { batch: 32, width: 32 },
  { batch: 128, width: 128 },
]
const ALL: ReadonlyArray<Size> = [...SMALL, { batch: 512, width: 512 }]
const LARGE: ReadonlyArray<Size> = [1024, 2048, 4096].map((batch) => ({ batch, width: 512 }))
const SIZES: Readonly<Record<string, ReadonlyArray<Size>>> = {
  wasm: ALL,
  tensorflow: [...ALL, ...LARGE],
  webgl: ALL,
}
const BOTH: ReadonlyArray<Location> = ['flat', 'device']

type Race = (size: Size) => Promise<Partial<Record<Location, Measured>>>

const rows: object[] = []
/** What computes behind the backends that have a device. */
const devices: Record<string, string> = {}

async function measure(backend: string, race: Race): Promise<void> {
  for (const size of SIZES[backend] ?? SMALL) {
    const best = await race(size)
    const ratio = best.flat === undefined ? null : best.device!.seconds / best.flat.seconds
    rows.push({ backend, ...size, ...best, deviceOverFlat: ratio })
    const told = Object.entries(best).map(
      ([state, { seconds, nfev }]) => `${state} ${duration(seconds)} (${nfev} evaluations)`,
    )
    console.log(
      `${backend.padEnd(10)} [${size.batch}, ${size.width}]  ${told.join(', ')}${ratio === null ? '' : `, device/flat ${ratio.toPrecision(3)}`}`,
    )
  }
}

async function measureHere(backend: string): Promise<void> {
  try {
    await chooseBackend(backend as BackendWish)
  } catch (error) {
    return console.log(`${backend}: ${(error as Error).message}`)
  }
  const isAwaited = backend === 'webgpu'
  if (isAwaited) devices[backend] = await webgpuDevice()
  await measure(backend, (size) =>
    raceLocations({ tf, odeint, odeintAsync }, size, isAwaited ? ['device'] : BOTH, isAwaited),
  )
}

async function webgpuDevice(): Promise<string> {
  const { description, device, vendor } = (await navigator.gpu!.requestAdapter())!.info
  return description || device || vendor
}

const chosen = process.argv.slice(2)
for (const backend of chosen.length > 0 ? chosen : BACKENDS) {
  if (backend !== 'webgl') {
    await measureHere(backend)
    continue
  }
  const measured = await onWebglPage(async ({ device, race }) => {
    devices[backend] = device
    await measure(backend, (size) => race(size, BOTH))
    return true
  })
  if (measured === null) console.log('webgl: no Chromium with WebGL was found')
}
if (chosen.length === 0) {
  writeResult('state-locations', {
    command: 'node bench/stateLocations.ts',
    ...machine(),
    tfjs: tf.version_core,
    rounds: ROUNDS,
    devices,
    rows,
  })
}
