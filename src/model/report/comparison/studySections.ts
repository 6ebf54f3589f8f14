import { studyFile } from '../../comparison/studyFiles.ts'
import type { GradientFinding, SolverFinding } from '../../comparison/findings.ts'
import type { SolverRow } from '../../study/solverStudy.ts'
import { escape } from '../markup.ts'
import { count, decimal, percent, signed, twoDigits } from '../numbers.ts'
import { cells } from './cells.ts'
import type { PageParts } from './parts.ts'

const TABLE = 'comparison.json'

const VERDICTS: { readonly [verdict in SolverFinding['verdict']]: string } = {
  ode: 'It is an ODE: the solver hardly matters.',
  nearly: 'It is nearly an ODE: its solver leaves a trace.',
  discretisation: 'It is a discretisation: its solver decides the class of many images.',
}

/** Whether each net is an ODE, in a sentence. */
export function solverSentences({ comparison, sourced, name }: PageParts): string {
  const sentences = comparison.findings.solvers.map(({ member, verdict, oneEulerStep }, k) => {
    const at = (key: string, format: (n: number) => string): string =>
      sourced.number(TABLE, ['findings', 'solvers', k, key], format)
    const euler =
      oneEulerStep === null
        ? ''
        : ` A single step of Euler’s method still gives ${at('oneEulerStep', percent)}.`
    return `<p class="finding">${name(member)}: <b>${VERDICTS[verdict]}</b> Solved exactly, ${at('agreement', percent)} of the images keep their class, and the accuracy goes from ${at('trained', percent)} to ${at('exact', percent)} (${at('gain', signed)} points); its own solver ends ${at('distance', twoDigits)} away from h(1), relative to its size.${euler}</p>`
  })
  const rule = (key: string): string => sourced.number(TABLE, ['findings', 'agreementOf', key], percent)
  return `${sentences.join('\n')}
<p class="quiet">Called an ODE where ${rule('ode')} of the images keep their class, nearly one where ${rule('nearly')} do. Little training blurs it: a net that hesitates changes its mind easily.</p>`
}

export function solverTables({ plan, studies, sourced, name }: PageParts): string {
  const tables = plan.members.flatMap(({ id }) => {
    const study = studies.byMember[id]?.solvers
    if (study === undefined) return []
    const file = studyFile(id, 'solvers')
    const row = (of: SolverRow, path: readonly (string | number)[], label: string): string[] => {
      const at = (key: string, format: (n: number) => string): string =>
        sourced.number(file, [...path, key], format)
      const setting = (): string => {
        if (of.steps !== null) return `${at('steps', String)} ${of.steps === 1 ? 'step' : 'steps'}`
        return `at ${at('tolerance', twoDigits)}`
      }
      return [
        `${label}${escape(of.method)}, ${setting()}`,
        at('accuracy', percent),
        at('loss', (loss) => loss.toFixed(4)),
        at('agreement', percent),
        at('distance', twoDigits),
        at('evaluations', decimal),
      ]
    }
    const rows = [
      ...study.solvers.slice(0, 1).map((of, k) => row(of, ['solvers', k], 'as trained: ')),
      ...study.tolerances.map((of, k) => row(of, ['tolerances', k], '')),
      ...study.solvers.slice(1).map((of, k) => row(of, ['solvers', k + 1], '')),
      row(study.reference, ['reference'], 'exact: '),
    ]
    const warned = study.tolerances.findIndex(({ warnings }) => warnings.length > 0)
    const note =
      warned < 0
        ? ''
        : `<p class="quiet">The tightest tolerances are not had in single precision: ${sourced.text(file, ['tolerances', warned, 'warnings', 0])}</p>`
    const head = ['solver', 'accuracy', 'loss', 'same class', 'distance', 'evaluations']
    return [`<div><h3>${name(id)}</h3>${cells(head, rows)}${note}</div>`]
  })
  return `<details><summary>All figures</summary><div class="studies">${tables.join('\n')}</div></details>`
}

/** How far each member's gradients are to be trusted: what certificates say, and apart from it what is so. */
export function gradientSentences({ comparison, plan, studies, sourced, name }: PageParts): string {
  const sentences = comparison.findings.gradients.map((finding, k) => {
    const { member, unknown } = finding
    const at = (key: keyof typeof finding, format: (n: number) => string): string =>
      sourced.number(TABLE, ['findings', 'gradients', k, key], format)
    const { gradient } = plan.members.find(({ id }) => id === member)!.options
    const { certified, covers = 'h0' } = studies.byMember[member]!.certificates!
    const instead =
      certified === gradient
        ? ''
        : ' A tape holds no certificate: it is that of the same gradient by transposed steps.'
    const direction = covers === 'h0' ? 'h(0)' : 'h(0) and the ODE’s parameters'
    const holding = `${at('trusted', count)} of ${at('checked', count)} gradients have a certificate that holds, which asks for ${at('bound', twoDigits)} at most from a finite difference along one random direction of ${direction}.`
    const notKnown = unknown === 0 ? '' : ` Of ${at('unknown', count)} it is not known.`
    return `<p class="finding">${name(member)}: ${holding}${notKnown} ${distances(finding, at)}${instead}</p>`
  })
  return sentences.join('\n')
}

/** How far gradients are from the exact ones: those whose certificate holds apart from the others. */
function distances(
  { checked, trusted, worstTrusted, worstOther }: GradientFinding,
  at: (key: 'worstTrusted' | 'worstOther', format: (n: number) => string) => string,
): string {
  const worst = (of: string, isOne: boolean, key: 'worstTrusted' | 'worstOther'): string =>
    `${isOne ? `the ${of} one` : `the worst of the ${of} ones`} is ${at(key, twoDigits)} off`
  const parts = [
    ...(worstTrusted === null ? [] : [worst('certified', trusted === 1, 'worstTrusted')]),
    ...(worstOther === null ? [] : [worst('other', checked - trusted === 1, 'worstOther')]),
  ]
  return `From the exact gradient of all parameters ${parts.join(', ')}.`
}

export function certificateTable({ plan, studies, sourced, name }: PageParts): string {
  const tables = plan.members.flatMap(({ id }) => {
    const study = studies.byMember[id]?.certificates
    if (study === undefined) return []
    const file = studyFile(id, 'certificates')
    const rows = study.rows.map(({ isTrusted }, k) => {
      const at = (key: string, format: (n: number) => string): string =>
        sourced.number(file, ['rows', k, key], format)
      return [
        at('epoch', (epoch) => epoch.toFixed(2)),
        at('batch', String),
        at('difference', twoDigits),
        at('reconstruction', twoDigits),
        at('fromExact', twoDigits),
        isTrusted === null ? 'not known' : isTrusted ? 'holds' : 'does not hold',
      ]
    })
    const head = ['epoch', 'batch', 'off from finite difference', 'state, in tolerances', 'off from exact', 'certificate'] // prettier-ignore
    const bound = (key: string): string => sourced.number(file, ['bounds', key], twoDigits)
    return [
      `<div><h3>${name(id)}</h3>${cells(head, rows)}<p class="quiet">Bounds: ${bound('agreement')} off from the finite difference, ${bound('reconstruction')} tolerances.</p></div>`,
    ]
  })
  return `<details><summary>All figures</summary><div class="studies">${tables.join('\n')}</div></details>`
}

/** How memory grows with the steps. */
export function memorySentences({ comparison, sourced }: PageParts): string {
  const images = sourced.number('studies/memory.json', ['images'], count)
  const sentences = comparison.findings.memory.map(({ gradient }, k) => {
    const at = (key: string, format: (n: number) => string): string =>
      sourced.number(TABLE, ['findings', 'memory', k, key], format)
    return `<li><b>${escape(gradient)}</b>: ${at('growth', (x) => x.toFixed(2))} times as much with ${at('most', String)} steps as with ${at('fewest', String)}</li>`
  })
  return `<p>The adjoint solves the state again, backwards, and keeps no step. A tape keeps every operation of every step. Measured in tensors, on ${images} images:</p>
<ul>${sentences.join('\n')}</ul>
<p class="quiet">The discrete gradient keeps the states of the steps too, but outside of tensors, and one state is little beside a tape. A process also holds garbage that was not collected yet.</p>`
}
