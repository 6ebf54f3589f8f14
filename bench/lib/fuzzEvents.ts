/** What must hold of the events of a solve. */
import { sameNumbers, type Raise, type Result } from './fuzzAlarm.ts'
import type { FuzzCase } from './fuzzCase.ts'
import { timeAt } from './fuzzQuantities.ts'

export function checkEvents(given: FuzzCase, result: Result, alarm: Raise): void {
  const { tEvents, yEvents, status, t, sol, failure } = result
  const { events, tEval, save } = given.options
  if ((events === undefined) !== (tEvents === null) || (tEvents === null) !== (yEvents === null))
    alarm('tEvents or yEvents is there without events, or the reverse')
  if (events === undefined || tEvents === null || yEvents === null) return
  const { t0, t1, n } = given
  const direction = t1 < t0 ? -1 : 1
  const isEmpty = t0 === t1 || n === 0
  const ends = events.some(({ terminal = false }, e) => {
    const most = typeof terminal === 'number' && terminal > 0 ? terminal : terminal === true ? 1 : Infinity
    if (tEvents[e]!.length > most)
      alarm('a terminal event occurs too often', `${tEvents[e]!.length} of ${most}`)
    return tEvents[e]!.length >= most
  })
  if (ends !== (status === 1) && status !== -1)
    alarm('a terminal event does not end the solve, or nothing else does', `status ${status}`)
  tEvents.forEach((times, e) => {
    if (times.length !== yEvents[e]!.length) alarm('there are not as many states as times of an event')
    times.forEach((time, i) => {
      const isInside = time >= Math.min(t0, t1) && time <= Math.max(t0, t1)
      if (!isInside) alarm('an event is outside the span', `${time}`)
      if (i > 0 && !(direction * (time - times[i - 1]!) >= 0))
        alarm('the times of an event go back', `${times[i - 1]}, ${time}`)
      if (failure !== undefined && direction * (time - failure.t) > 0)
        alarm('an event comes after the failure')
      if (events[e]!.g === 'time' && !isEmpty) {
        const at = timeAt(given, events[e]!.c)
        if (Math.abs(time - at) > 16 * (Number.EPSILON * Math.max(1, Math.abs(at), Math.abs(t0))))
          alarm('an event of the time is found elsewhere', `${time} for ${at}`)
      }
      if (sol !== null && !isEmpty && !sameNumbers(sol(time), yEvents[e]![i]!) && !sol.ts.includes(time))
        alarm('the state of an event is not that of sol', `t = ${time}: [${sol(time)}], [${yEvents[e]![i]}]`)
    })
  })
  if (status === 1 && tEval === undefined) {
    const last = tEvents
      .flatMap((times) => Array.from(times))
      .reduce((a, b) => (direction * (b - a) > 0 ? b : a))
    if (t.at(-1) !== last) alarm('a solve that an event ended does not end at it', `${t.at(-1)}, ${last}`)
    if (save === 'last' && t.length !== 1)
      alarm("save 'last' keeps another number of states than one", `${t.length}`)
  }
}
