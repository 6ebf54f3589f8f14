/** The same training in PyTorch + torchdiffeq, in a process beside this one. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Batches } from '../../src/model/batches.ts'
import type { ImageSet } from '../../src/model/imageSet.ts'
import { shapeOf } from '../../src/model/netShape.ts'
import { odeNetSpec } from '../../src/model/odeNet.ts'
import { initialParameters } from '../../src/model/parameters.ts'
import { makeRng } from '../../src/model/rng.ts'
import type { TrainOptions } from '../../src/model/trainOptions.ts'
import { torchPython, TorchFailed } from './torchPython.ts'

const peer = fileURLToPath(new URL('../peers/torchStepPeer.py', import.meta.url))

/** How the ODE is solved and differentiated. */
export type Way = Pick<TrainOptions, 'gradient' | 'method' | 'rtol' | 'atol' | 'step'>

export interface TrainedStep {
  readonly seconds: number
  readonly loss: number
  readonly nfeForward: number
  readonly nfeBackward: number
}

type Peer = ChildProcessByStdio<Writable, Readable, null>

/** From the same first parameters through the same batches and dropout masks as `createTrainer` goes with these options. */
export class TorchTraining {
  readonly versions: ReadonlyArray<string>
  readonly #child: Peer
  readonly #lines: AsyncIterator<string>
  readonly #folder: string

  private constructor(
    child: Peer,
    lines: AsyncIterator<string>,
    folder: string,
    versions: ReadonlyArray<string>,
  ) {
    this.#child = child
    this.#lines = lines
    this.#folder = folder
    this.versions = versions
  }

  static async open(
    options: TrainOptions,
    train: ImageSet,
    steps: number,
    threads: number,
  ): Promise<TorchTraining> {
    const python = torchPython()
    const folder = mkdtempSync(join(tmpdir(), 'solve-ivp-torch-'))
    writeNet(folder, options, train)
    writeBatches(folder, options, train, steps)
    const child = spawn(python, [peer, folder, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const { versions } = JSON.parse((await lines.next()).value as string) as { versions: string[] }
    return new TorchTraining(child, lines, folder, versions)
  }

  async step(way: Way, step: number): Promise<TrainedStep> {
    this.#child.stdin.write(`${JSON.stringify({ way, step })}\n`)
    const { value, done } = await this.#lines.next()
    if (done === true) throw new TorchFailed('The process with PyTorch ended early.')
    return JSON.parse(value) as TrainedStep
  }

  close(): void {
    this.#child.stdin.end()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function writeNet(folder: string, options: TrainOptions, train: ImageSet): void {
  const spec = odeNetSpec(shapeOf(options, train))
  const { height, width, normalisation } = train
  const shapes = Object.fromEntries(Object.entries(spec).map(([name, { shape }]) => [name, shape]))
  const net = {
    shapes,
    height,
    width,
    groups: options.groups,
    mean: normalisation.mean[0],
    std: normalisation.deviation[0],
  }
  writeFileSync(join(folder, 'net.json'), JSON.stringify(net))
  writeFileSync(
    join(folder, 'parameters.bin'),
    initialParameters(spec, makeRng(options.seed).fork('parameters')),
  )
}

function writeBatches(folder: string, options: TrainOptions, train: ImageSet, steps: number): void {
  const batches = new Batches(train, makeRng(options.seed), options)
  for (let step = 0; step < steps; step++) {
    const { pixels, labels, mask } = batches.at(step)
    const kept = mask ?? new Float32Array(labels.length * options.dim).fill(1)
    for (const [name, values] of Object.entries({ pixels, labels, mask: kept })) {
      writeFileSync(join(folder, `${name}${step}.bin`), values)
    }
  }
}
