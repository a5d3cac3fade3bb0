/**
 * Injected delivery faults: duplicate, reordered, late, dropped, or badly signed. A rule applies to a number of attempts and is
 * then removed. Rules live in memory and end with the process.
 */
import type { EventType } from './catalogue.js'

export type FaultKind = 'duplicate' | 'shuffle' | 'delay' | 'drop' | 'wrong_secret' | 'stale_timestamp'

export interface FaultRule {
  kind: FaultKind
  /** The number of attempts that the rule still applies to. */
  remaining: number
  /** For `delay`: milliseconds of the sandbox's clock. */
  delay_ms: number | null
  /** Limits the rule to one endpoint. */
  webhook_id: string | null
  /** Limits the rule to one type of event. */
  event_type: EventType | null
}

/** The effect of a rule on one attempt. */
export interface Fault {
  kind: FaultKind
  delayMs: number
  /** Whether the rule is used up by this attempt. */
  isLast: boolean
}

export interface Faults {
  add (rule: FaultRule): void
  list (): readonly FaultRule[]
  clear (): void
  /** Applies the first matching rule to an attempt and decrements it. Null if no rule matches. */
  take (webhookId: string, type: string): Fault | null
}

export function createFaults (): Faults {
  let rules: FaultRule[] = []
  return {
    add: rule => { rules.push(rule) },
    list: () => rules,
    clear: () => { rules = [] },
    take (webhookId, type) {
      const rule = rules.find(({ webhook_id: id, event_type: wanted }) =>
        (id === null || id === webhookId) && (wanted === null || wanted === type))
      if (rule === undefined) return null
      rule.remaining--
      rules = rules.filter(({ remaining }) => remaining > 0)
      return { kind: rule.kind, delayMs: rule.delay_ms ?? 0, isLast: rule.remaining === 0 }
    }
  }
}
