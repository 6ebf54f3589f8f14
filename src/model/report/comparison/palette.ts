import { BLUE, GREEN, ORANGE, VIOLET } from '../../../plot/series.ts'
import type { ComparisonPlan, Member } from '../../comparison/plan.ts'

const OF_MEMBERS: { readonly [id: string]: string } = {
  adjoint: BLUE,
  autodiff: VIOLET,
  resnet: GREEN,
  stem: ORANGE,
}
/** For all others, in their order. */
const MORE = ['#1391a3', '#d0569b', '#8f6a3a', '#8a8a10']

/** The colour of each member in every plot and beside its name. */
export function colorsOf({ members }: ComparisonPlan): (id: string) => string {
  const others = members.map(({ id }) => id).filter((id) => OF_MEMBERS[id] === undefined)
  return (id) => OF_MEMBERS[id] ?? MORE[others.indexOf(id) % MORE.length]!
}

/** The name at the end of a curve. */
export function shortName({ net, id, title }: Member): string {
  return net === 'odenet' ? `ODENet\n${id}` : title
}
