/**
 * Unkind deliveries on demand, because real ones are: sent twice, out of order, late, never, or with a signature that must be
 * refused. Each rule is good for the next so many tries and is then used up. Kept in memory: a restart is kind again.
 */
import type { EventType } from './catalogue.js'

export type FaultKind = 'duplicate' | 'shuffle' | 'delay' | 'drop' | 'wrong_secret' | 'stale_timestamp'

export interface FaultRule {
  kind: FaultKind
  /** For how many more tries. */
  remaining: number
  /** Of a delay, in milliseconds of the sandbox's clock. */
  delay_ms: number | null
  /** To this endpoint alone. */
  webhook_id: string | null
  /** Events of this type alone. */
  event_type: EventType | null
}

/** What a rule makes of one try. */
export interface Fault {
  kind: FaultKind
  delayMs: number
  /** Whether it is the last that this rule concerns. */
  isLast: boolean
}

export interface Faults {
  add (rule: FaultRule): void
  list (): readonly FaultRule[]
  clear (): void
  /** What the first rule that fits makes of a try; null where none does. Uses the rule up by one. */
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
