/**
 * Rules that inject faults into the API calls of a sandbox. The first matching rule whose probability check passes applies.
 * Rules live in memory and end with the process.
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
  /** The number of calls that the rule still applies to; null for no limit. */
  remaining: number | null
  /** The number of calls that the rule has affected. */
  met: number
}

/** The effect of a rule on one call, with the delay of this call. */
export interface Fault extends Omit<Effect, 'delay_ms'> {
  delayMs: number
}

export interface Faults {
  /** True for nearly all calls, which then check nothing else. */
  readonly isEmpty: boolean
  /** Throws INVALID_REQUEST_PARAMETERS if there are too many rules. */
  add (rules: readonly FaultRule[]): void
  list (): readonly FaultRule[]
  /** Removes a rule; false if it does not exist. */
  remove (faultId: string): boolean
  clear (): void
  /** Selects the fault of a call and decrements its rule. Null if no rule applies. */
  take (operation: string): Fault | null
}

const RULES_MAX = 100

interface Entry {
  rule: FaultRule
  nextDelayMs: () => number
}

/** `chance` returns random numbers of at least 0 and less than 1. */
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
      const entry = entries.find(({ rule }) => matches(rule.operation, operation) && isDrawn(rule.probability))
      if (entry === undefined) return null
      const { rule, nextDelayMs } = entry
      rule.met++
      if (rule.remaining !== null && --rule.remaining === 0) keep(entries.filter(other => other !== entry))
      return faultOf(rule.effect, nextDelayMs())
    }
  }

  /** Draws a random number only if it matters, so that a rule without a probability does not change later random values. */
  const isDrawn = (probability: number) => probability >= 1 || chance() < probability

  return faults
}

export function faultOf ({ delay_ms: _, ...effect }: Effect, delayMs: number): Fault {
  return { ...effect, delayMs }
}

function matches (wanted: string, operation: string): boolean {
  return wanted === '*' || wanted === operation || (wanted.endsWith(' *') && operation.startsWith(wanted.slice(0, -1)))
}
