import { readFileSync, writeFileSync } from 'node:fs'

/** The parts of Jupyter's format (nbformat 4.5) that are read here. */
export interface Notebook {
  readonly cells: ReadonlyArray<Cell>
  readonly [other: string]: unknown
}

export interface Cell {
  readonly cell_type: 'code' | 'markdown' | 'raw'
  readonly id: string
  readonly source: Text
  readonly metadata: { readonly tags?: ReadonlyArray<string> }
  readonly outputs?: ReadonlyArray<Output>
}

/** One string, or its lines. */
export type Text = string | ReadonlyArray<string>

export interface Output {
  readonly output_type: 'stream' | 'display_data' | 'execute_result' | 'error'
  /** 'stdout' or 'stderr'. */
  readonly name?: string
  readonly text?: Text
  /** By media type. */
  readonly data?: Readonly<Record<string, Text>>
}

export function readNotebook(file: string): Notebook {
  return JSON.parse(readFileSync(file, 'utf8')) as Notebook
}

export function writeNotebook(file: string, notebook: Notebook): void {
  writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`)
}

export function textOf(text: Text): string {
  return typeof text === 'string' ? text : text.join('')
}
