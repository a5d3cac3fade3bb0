/**
 * Keeps the data of events while the clock moves. A delivery waits for the end of the move, or longer, and by then later steps
 * may have changed the event's subject.
 */
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Payloads } from '../sandbox/sender.js'
import type { Steps } from '../sandbox/work.js'
import { PAYLOAD_TYPES } from './catalogue.js'
import { currentData } from './message.js'
import type { StoredEvent } from './store.js'

/** Events that are kept in one step. */
const EVENTS_AT_ONCE = 32

/**
 * Keeps the data of all events so far, before the jobs at `untilUs` run. Events of the same time as these jobs are not kept,
 * because the time has not ended. Yields after every few events.
 */
export function * keepEventData (untilUs: number, payloads: Payloads, sandbox: Sandbox): Steps<void> {
  const { outbox, clock } = sandbox
  if (untilUs <= clock.now()) return
  let seq = outbox.lastKeptSeq()
  for (;;) {
    const events = outbox.eventsAfter(seq, EVENTS_AT_ONCE)
    for (const [event, ...others] of bySource(events)) {
      const data = readable(event, payloads, sandbox)
      if (data !== undefined) outbox.keepData([event, ...others], data, untilUs)
    }
    if (events.length < EVENTS_AT_ONCE) return
    seq = events.at(-1)?.seq ?? seq
    yield
  }
}

type Group = [StoredEvent, ...StoredEvent[]]

/** Groups events that have the same data. */
function bySource (events: readonly StoredEvent[]): Iterable<Group> {
  const groups = new Map<string, Group>()
  for (const event of events) {
    const source = `${PAYLOAD_TYPES[event.type]} ${event.subject_id} ${event.base_url}`
    const group = groups.get(source)
    if (group === undefined) groups.set(source, [event])
    else group.push(event)
  }
  return groups.values()
}

/** The data of an event. Undefined if it cannot be read, which the delivery reports. */
function readable (event: StoredEvent, payloads: Payloads, sandbox: Sandbox): object | undefined {
  try {
    return currentData(event, payloads, sandbox)
  } catch {
    return undefined
  }
}
