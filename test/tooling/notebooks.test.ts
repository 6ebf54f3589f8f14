import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { differences } from '../../tools/notebooks/compare.ts'
import { readNotebook, textOf, type Notebook, type Output } from '../../tools/notebooks/notebook.ts'

const folder = join(import.meta.dirname, '../../notebooks')

const notebook = (outputs: Output[], tags: string[] = []): Notebook => ({
  cells: [{ cell_type: 'code', id: 'a', source: '', metadata: { tags }, outputs }],
})
const printed = (text: string): Notebook => notebook([{ output_type: 'stream', name: 'stdout', text }])
const pictured = (svg: string): Notebook =>
  notebook([{ output_type: 'display_data', data: { 'image/svg+xml': svg } }])

test('a number that changed in its third digit is a difference, one that changed beyond is none', () => {
  expect(differences(printed('nfev 1234, error 1.234e-5'), printed('nfev 1234, error 1.244e-5'))).toEqual([
    'cell 0 (a): stdout: 1.234e-5 became 1.244e-5',
  ])
  expect(differences(printed('error 1.2345e-5'), printed('error 1.2349e-5'))).toEqual([])
  expect(differences(printed('x = 1.5'), printed('x = -1.5'))).toHaveLength(1)
})

test('two numbers a ten-thousandth apart are no difference, and two a hundredth apart are one', () => {
  const number = fc.double({ min: 1e-300, max: 1e300, noNaN: true })
  fc.assert(
    fc.property(number, (x) => {
      expect(differences(printed(String(x)), printed(String(x * (1 + 1e-4))))).toEqual([])
      expect(differences(printed(String(x)), printed(String(x * 1.011)))).toHaveLength(1)
    }),
  )
})

test('a changed word, a missing output and an added output are differences', () => {
  expect(differences(printed('stepTooSmall at 1'), printed('nonFinite at 1'))).toHaveLength(1)
  expect(differences(printed('1'), notebook([]))).toHaveLength(1)
  expect(differences(notebook([]), printed('1'))).toHaveLength(1)
  expect(differences(printed('1 2'), printed('1 2 3'))).toHaveLength(1)
})

test('a stream in two pieces is the stream in one', () => {
  const pieces = notebook(['1\n', '2\n'].map((text) => ({ output_type: 'stream', name: 'stdout', text })))
  expect(differences(printed('1\n2\n'), pieces)).toEqual([])
})

test('a picture may move by less than half a unit, and its ids may change', () => {
  const dot = (x: number, id: string): string => `<svg><g clip="clip-${id}-0"/><circle cx="${x}"/></svg>`
  expect(differences(pictured(dot(0.1, '0123456789')), pictured(dot(0.3, 'abcdef0123')))).toEqual([])
  expect(differences(pictured(dot(0.1, '0123456789')), pictured(dot(0.9, '0123456789')))).toHaveLength(1)
})

test('a volatile cell may show anything', () => {
  const [before, after] = ['12 ms', 'slow'].map((text) =>
    notebook([{ output_type: 'stream', text }], ['volatile']),
  )
  expect(differences(before!, after!)).toEqual([])
})

test('the committed notebooks begin with a title, show something, and end with a question for the reader', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ipynb'))
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const { cells } = readNotebook(join(folder, file))
    const texts = cells.filter((cell) => cell.cell_type === 'markdown').map((cell) => textOf(cell.source))
    expect(texts[0], file).toMatch(/^# /)
    expect(texts.at(-1), file).toContain('**For you.**')
    const outputs = cells.flatMap((cell) => cell.outputs ?? [])
    expect(
      outputs.some(({ data }) => data?.['image/svg+xml'] !== undefined),
      file,
    ).toBe(true)
    expect(
      outputs.filter(({ output_type, name }) => output_type === 'error' || name === 'stderr'),
      file,
    ).toEqual([])
  }
})

test('a notebook that a notebook refers to is there', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ipynb'))
  for (const file of files) {
    const { cells } = readNotebook(join(folder, file))
    const text = cells.map((cell) => textOf(cell.source)).join('\n')
    const numbers = [...text.matchAll(/notebooks? (\d\d)(?: and (\d\d))?/gi)].flatMap((match) =>
      match.slice(1),
    )
    for (const number of numbers.filter((found) => found !== undefined))
      expect(
        files.some((name) => name.startsWith(number)),
        `${file} refers to ${number}`,
      ).toBe(true)
  }
})
