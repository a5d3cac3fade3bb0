/** The clock of the sandbox as functions for tests. */
import type { EventType } from '../delivery/catalogue.js'
import type { components } from '../contract/control-types.gen.js'
import type { Ask } from './controls.js'
import { milliseconds, timeText, type Duration } from './time.js'

type ControlSchemas = components['schemas']

export type Clock = ControlSchemas['Clock']
/** The clock after a move, with the jobs that ran. */
export type ClockMoved = ControlSchemas['ClockMoved']
/** A type of event. The prefix `subscription.` can be omitted: `renewed` is `subscription.renewed`. */
export type SubscriptionEvent = EventType | WithoutPrefix<EventType>

type WithoutPrefix<Type> = Type extends `subscription.${infer Name}` ? Name : never

export interface ClockControls {
  /** The time of the sandbox's clock. */
  now (): Promise<Date>
  /** Moves the clock forward. Jobs that become due run at their own times, before this resolves. */
  advance (duration: Duration): Promise<ClockMoved>
  /**
   * Moves the clock to the next event of a subscription: `advanceUntil(id, 'renewed')`. `done.events` lists the events on the
   * way. Rejects if the event does not happen within this duration, by default two billing periods after the current one.
   */
  advanceUntil (subscriptionId: string, event: SubscriptionEvent, options?: { within?: Duration }): Promise<ClockMoved>
  /** Sets the clock. It stays running or frozen unless `frozen` is given. */
  setClock (time: Date | string, options?: { frozen?: boolean }): Promise<ClockMoved>
  /** Freezes the clock. */
  freeze (): Promise<ClockMoved>
  /** Releases a frozen clock. */
  release (): Promise<ClockMoved>
}

export function clockControls (ask: Ask): ClockControls {
  const move = (body: ControlSchemas['ClockChange']) => ask('POST /_emulator/clock', { body })
  return {
    now: async () => new Date((await ask('GET /_emulator/clock')).now),
    advance: async duration => move({ advance_ms: milliseconds(duration) }),
    advanceUntil: async (id, event, { within } = {}) => move({
      until: { subscription_id: id, event }, ...(within === undefined ? {} : { advance_ms: milliseconds(within) })
    }),
    setClock: async (time, options) => move({ now: timeText(time), ...options }),
    freeze: () => move({ frozen: true }),
    release: () => move({ frozen: false })
  }
}
