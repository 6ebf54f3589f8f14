import { assert, it } from 'vitest'
import {
  accuracyCurve,
  errorPlot,
  evaluationsCurve,
  imagesPlot,
  linePlot,
  lossCurve,
  matrixPlot,
  phasePlot,
  toPng,
} from '../../src/plot/index.ts'
import { refusal } from '../ivp/refusal.ts'

const x = { label: 'x', domain: [0, 1] } as const
const figure = { title: 'A', x, y: { ...x, label: 'y' } }
const curves = [{ name: 'a', x: [0.5, 1], y: [0.1, 1] }]

/** Each function, options that it takes, slips, and what was meant. */
const CALLS: ReadonlyArray<readonly [(options: never) => unknown, object, Record<string, string>]> = [
  [linePlot, { ...figure, curves }, { widht: 'width', curve: 'curves' }],
  [errorPlot, { title: 'A', x: { label: 'x' }, y: { label: 'y' }, curves }, { slope: 'slopes' }],
  [phasePlot, { ...figure, field: () => [1, 1] }, { heigth: 'height', Field: 'field' }],
  [matrixPlot, { title: 'A', rows: 'r', columns: 'c', names: ['a'], counts: [[1]] }, { count: 'counts' }],
  [imagesPlot, { title: 'A', height: 1, width: 1, channels: 1, pictures: [] }, { column: 'columns' }],
  [(size) => lossCurve([], size), {}, { widht: 'width' }],
  [(size) => accuracyCurve([], size), {}, { heigth: 'height' }],
  [(size) => evaluationsCurve([], size), {}, { widht: 'width' }],
  [(options) => toPng('<svg/>', options), {}, { backgroud: 'background', fontFile: 'fontFiles' }],
]

it('a misspelt option of a plot is named, with what was meant', () => {
  for (const [draw, options, slips] of CALLS) {
    for (const [slip, meant] of Object.entries(slips)) {
      const error = refusal(() => draw({ ...options, [slip]: 3 } as never))
      assert.equal(error.option, slip)
      assert.include(error.expected, `; write \`${meant}\` (known: `)
    }
  }
  for (const [draw, options] of CALLS.slice(0, 5)) assert.match(String(draw(options as never)), /^<svg /)
})

it('so is one of an axis or of a curve', () => {
  const of = (more: object): string => refusal(() => linePlot({ ...figure, curves, ...more })).option
  assert.equal(of({ x: { label: 'x', logarithmic: true } }), 'x.logarithmic')
  assert.equal(of({ y: { lable: 'y' } }), 'y.lable')
  assert.equal(of({ curves: [...curves, { x: [], y: [], dotted: true }] }), 'curves[1].dotted')
})
