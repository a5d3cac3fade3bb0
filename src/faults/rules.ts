/**
 * The rules by which calls of a sandbox go wrong. A call meets the first rule that fits it and whose die falls. Kept in memory: a
 * restart is kind again.
 */
import type { components } from '../contract/control-types.gen.js'
import { ApiError } from '../errors.js'
import { delays } from './delays.js'
import type { Effect } from './effect.js'

export interface FaultRule {
  readonly fault_id: string
  readonly effect: Effect
  readonly preset: components['schemas']['FaultPreset'] | null
  /** `POST /payments`, `POST *` or `*`. */
  readonly operation: string
  readonly probability: number
  /** For how many more calls; null until it is removed. */
  remaining: number | null
  /** How many calls have met it. */
  met: number
}

/** What one call meets: the effect, and how long this time. */
export interface Fault extends Omit<Effect, 'delay_ms'> {
  delayMs: number
}

export interface Faults {
  /** Nearly always, and all that a call looks at then. */
  readonly isEmpty: boolean
  /** Throws INVALID_REQUEST_PARAMETERS where there are too many. */
  add (rules: readonly FaultRule[]): void
  list (): readonly FaultRule[]
  /** Whether there was such a rule. */
  remove (faultId: string): boolean
  clear (): void
  /** What a call of an operation meets; null for nothing. Uses the rule up by one. */
  take (operation: string): Fault | null
}

const RULES_MAX = 100

interface Entry {
  rule: FaultRule
  nextDelayMs: () => number
}

/** `chance` gives numbers from 0 up to, but not, 1. */
export function createFaults (chance: () => number): Faults {
  let entries: Entry[] = []

  function keep (kept: Entry[]): void {
    entries = kept
    faults.isEmpty = kept.length === 0
  }

  const faults = {
    isEmpty: true,
    add (rules: readonly FaultRule[]) {
      if (entries.length + rules.length > RULES_MAX) {
        throw new ApiError('INVALID_REQUEST_PARAMETERS', {
          message: `at most ${RULES_MAX} rules: remove some with DELETE /_emulator/faults`
        })
      }
      keep([...entries, ...rules.map(rule => ({ rule, nextDelayMs: delays(rule.effect.delay_ms ?? 0, chance) }))])
    },
    list: () => entries.map(({ rule }) => rule),
    remove (faultId: string) {
      const before = entries.length
      keep(entries.filter(({ rule }) => rule.fault_id !== faultId))
      return entries.length < before
    },
    clear () { keep([]) },
    take (operation: string) {
      const entry = entries.find(({ rule }) => fits(rule.operation, operation) && falls(rule.probability))
      if (entry === undefined) return null
      const { rule, nextDelayMs } = entry
      rule.met++
      if (rule.remaining !== null && --rule.remaining === 0) keep(entries.filter(other => other !== entry))
      return faultOf(rule.effect, nextDelayMs())
    }
  }

  /** Asks for no number where it decides nothing: what else is made by chance stays as it was. */
  const falls = (probability: number) => probability >= 1 || chance() < probability

  return faults
}

export function faultOf ({ delay_ms: _, ...effect }: Effect, delayMs: number): Fault {
  return { ...effect, delayMs }
}

function fits (wanted: string, operation: string): boolean {
  return wanted === '*' || wanted === operation || (wanted.endsWith(' *') && operation.startsWith(wanted.slice(0, -1)))
}
