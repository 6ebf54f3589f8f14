import { toSvg } from '../../../plot/render.ts'
import { htmlDocument } from '../document.ts'
import { escape } from '../markup.ts'
import { clock, count, decimal, megabytes, NO_NUMBER, percent, signed, twoDigits } from '../numbers.ts'
import { cells } from './cells.ts'
import { colorsOf } from './palette.ts'
import type { PageInput, PageParts } from './parts.ts'
import { Sourced } from './sourced.ts'
import { COMPARISON_STYLE } from './style.ts'
import { trajectoryFigure } from './studyFigures.ts'
import { certificateTable, gradientSentences, memorySentences, solverSentences, solverTables } from './studySections.ts' // prettier-ignore

const TABLE = 'comparison.json'
const PLAN = 'plan.json'

/** A comparison as one HTML file, see `htmlDocument`. Every number of its text comes through `Sourced`. */
export function renderComparison(input: PageInput): string {
  const { files, plan } = input
  const sourced = new Sourced(files)
  const color = colorsOf(plan)
  const titles = new Map(plan.members.map(({ id, title }) => [id, title]))
  const name = (id: string): string =>
    `<span class="member"><i style="background:${color(id)}"></i>${escape(titles.get(id)!)}</span>`
  const parts: PageParts = { ...input, sourced, name }
  const figure = (key: string): string =>
    input.figures[key] === undefined ? '' : `<figure>${toSvg(input.figures[key])}</figure>`
  const plots = (...keys: string[]): string => `<div class="plots">\n${keys.map(figure).join('\n')}\n</div>`
  const hasOde = plan.members.some(({ net }) => net === 'odenet')
  const trajectories = plan.members.map(trajectoryFigure).filter((key) => input.figures[key] !== undefined)
  const header = `<p class="quiet">${sourced.text(PLAN, ['members', 0, 'options', 'dataset'])} · preset ${sourced.text(PLAN, ['preset'])} · seed ${sourced.number(PLAN, ['seed'], String)} · begun ${sourced.text(PLAN, ['startedAt'])}</p>`
  const main = `${scores(parts, color)}
<p class="lead">The same stem, the same head, the same images in the same order: only what lies between differs. Point at a number to see the file that it comes from.</p>
<p class="about">The stem makes features of an image by strided convolutions; the head takes their mean over the picture and tells the class from it. Between them an ODENet moves the features along the ODE dh/dt = f(t, h), whose f is convolutions between norms; a ResNet adds to them by residual blocks, each with weights of its own; the stem alone has nothing there.</p>
<section>
<h2>What each net reached, and what it took</h2>
${memberTable(parts)}
<p class="quiet">The stem alone is the baseline: what a net has beyond it is the work of its middle. A ResNet of equal width has weights of its own in every block, so it has more parameters than an ODE, whose weights serve all times. Memory is the peak in one step of the training, on the images of one worker: of all tensors, and of the whole process. A tape is played back without evaluations.</p>
${plots('accuracy', 'loss', 'accuracyByTime', 'evaluations')}
</section>
${
  hasOde
    ? `<section>
<h2>Is it an ODE, or a discretisation?</h2>
<p>A net that has learnt an ODE does not mind who solves it. One that has learnt the errors of its solver falls apart when they are gone. So each trained net is solved again, with other tolerances and methods, on ${sourced.number(PLAN, ['studyImages'], count)} test images; “exact” is DOP853 at the limit of single precision.</p>
${solverSentences(parts)}
${plots('tolerances', 'distances', 'solvers')}
${solverTables(parts)}
</section>
<section>
<h2>Can the gradients be trusted?</h2>
<p>A certificate checks a gradient where the ODE is: along one random direction, against a finite difference, and, where the state is solved backwards, against the stored state. It is no measure of the whole: one direction may miss an error by chance. So each gradient is also held against the exact one of the steps taken, in all parameters of the net, those of the stem and of the head too.</p>
${gradientSentences(parts)}
${plots('certificates', 'fromExact')}
${certificateTable(parts)}
</section>
<section>
<h2>What a gradient keeps in memory</h2>
${memorySentences(parts)}
${plots('memory', 'memoryOfProcess')}
</section>
${
  trajectories.length > 0
    ? `<section>
<h2>Where the features go</h2>
<p>Each line is an image on its way from the stem (ring) to the head (disc): its features, averaged over the picture, in the two directions in which they spread most.</p>
${plots(...trajectories)}
${spread(parts)}
</section>`
    : ''
}`
    : ''
}
<section>
<h2>On noisy images</h2>
<p>The same noise for every net, on ${sourced.number(PLAN, ['studyImages'], count)} test images that none has seen noisy.</p>
<div class="plots">${figure('noise')}${noiseTable(parts)}</div>
</section>
<section>
<h2>Repeat it</h2>
<pre><code>npx ${sourced.text(PLAN, ['command'])}</code></pre>
${configuration(parts)}
<p class="quiet">Files beside this page: ${Object.keys(files)
    .map((file) => `<code>${escape(file)}</code>`)
    .join(', ')}, the metrics of each run, and every plot in <code>plots</code>.</p>
</section>`
  return htmlDocument('Neural ODEs compared', { style: COMPARISON_STYLE, header, main })
}

function scores({ comparison, sourced, name }: PageParts, color: (id: string) => string): string {
  const cards = comparison.members.map(
    ({ id }, m) =>
      `<div class="score" style="border-color:${color(id)}"><b>${sourced.number(TABLE, ['members', m, 'testAccuracy'], percent)}</b>${name(id)}</div>`,
  )
  return `<section class="headline">${cards.join('\n')}</section>`
}

/** A row for each quantity and a column for each net, so that it fits a narrow page. */
function memberTable({ comparison, sourced, name }: PageParts): string {
  const { members } = comparison
  const row = (label: string, cell: (m: number) => string): string[] => [
    label,
    ...members.map((_, m) => cell(m)),
  ]
  const numbers = (label: string, key: string, format: (n: number) => string): string[] =>
    row(label, (m) => sourced.number(TABLE, ['members', m, key], format))
  const rows = [
    numbers('test accuracy', 'testAccuracy', percent),
    numbers('points over stem', 'overStem', signed),
    numbers('test loss', 'testLoss', (loss) => loss.toFixed(4)),
    numbers('parameters', 'parameters', count),
    row('between stem and head', (m) =>
      members[m]!.middle === null ? NO_NUMBER : sourced.text(TABLE, ['members', m, 'middle']),
    ),
    numbers('epochs', 'epochs', twoDigits),
    numbers('training', 'trainSeconds', clock),
    numbers('evaluations forward', 'evaluationsForward', decimal),
    numbers('evaluations backward', 'evaluationsBackward', decimal),
    numbers('memory: tensors', 'tensorBytes', megabytes),
    numbers('memory: process', 'residentPeak', megabytes),
  ]
  return cells(['', ...members.map(({ id }) => name(id))], rows)
}

function spread({ plan, studies, sourced, name }: PageParts): string {
  const lines = plan.members.flatMap(({ id }) => {
    if (studies.byMember[id]?.trajectories === undefined) return []
    const share = (k: number): string =>
      sourced.number(`studies/${id}-trajectories.json`, ['explained', k], percent)
    return [`${name(id)}: the two directions carry ${share(0)} and ${share(1)} of the variance`]
  })
  return `<p class="quiet">${lines.join('; ')}.</p>`
}

function noiseTable({ plan, studies, sourced, name }: PageParts): string {
  const members = plan.members.filter(({ id }) => studies.byMember[id]?.noise !== undefined)
  const first = members[0]
  if (first === undefined) return ''
  const at = (id: string, row: number, key: string, format: (n: number) => string): string =>
    sourced.number(`studies/${id}-noise.json`, ['rows', row, key], format)
  const rows = studies.byMember[first.id]!.noise!.rows.map((_, row) => [
    at(first.id, row, 'deviation', String),
    ...members.map(({ id }) => at(id, row, 'accuracy', percent)),
  ])
  return cells(['deviation', ...members.map(({ id }) => name(id))], rows)
}

/** The options that the members share, and the machine. */
function configuration({ plan, sourced }: PageParts): string {
  const first = plan.members[0]!.options as unknown as Record<string, unknown>
  const ofRoles = new Set(['net', 'gradient', 'method', 'step'])
  const rows = [
    ...Object.keys(first)
      .filter((key) => !ofRoles.has(key))
      .map((key) => [escape(key), sourced.text(PLAN, ['members', 0, 'options', key])]),
    ...Object.keys(plan.versions).map((key) => [escape(key), sourced.text(PLAN, ['versions', key])]),
    ...Object.keys(plan.machine).map((key) => [escape(key), sourced.text(PLAN, ['machine', key])]),
  ]
  return `<details><summary>Configuration, versions and machine</summary>${cells(['', ''], rows)}</details>`
}
