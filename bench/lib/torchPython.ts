import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** PyTorch is not installed, or its process did not answer. */
export class TorchFailed extends Error {
  override readonly name = 'TorchFailed'
  readonly _tag = 'TorchFailed'
}

const python = fileURLToPath(new URL('../peers/build/torch/bin/python', import.meta.url))

/** The Python that bench/peers/setupTorch.sh set up. @throws TorchFailed */
export function torchPython(): string {
  if (!existsSync(python)) throw new TorchFailed('Run `bash bench/peers/setupTorch.sh` first.')
  return python
}
