/**
 * State machines as tables: the actions that an object accepts in each state, the states they lead to, and the webhook events
 * they send. Rules, dashboards and docs/lifecycles.gen.md all read the same table. Pure: a table knows only its object and the
 * facts that are passed in, such as the time.
 */
import type { ApiError } from '../errors.js'

/** The types of one lifecycle. */
interface Types {
  state: string
  action: string
  /** The types of webhook events. */
  event: string
  /** The object that has the state. */
  subject: unknown
  /** Values that conditions need besides the object, such as the time. */
  facts: unknown
}

export interface Condition<T extends Types> {
  /** A description for the docs: `without a trial`. */
  text: string
  holds (subject: T['subject'], facts: T['facts']): boolean
}

/** A condition of an action besides its state, with the error if it does not hold. */
export interface Guard<T extends Types> extends Condition<T> {
  refusal (subject: T['subject'], facts: T['facts']): ApiError
}

export interface Action<T extends Types> {
  /** A description for the docs: `Pay, by the customer or a saved method`. */
  text: string
  /** The error in a state from which no transition begins. Omitted for actions that no caller requests, such as jobs. */
  refusal? (subject: T['subject'], facts: T['facts']): ApiError
  /** Checked in this order, after the state. */
  guards?: ReadonlyArray<Guard<T>>
}

export interface Transition<T extends Types> {
  on: T['action']
  /** One state or several; null for an object that is created. */
  from: T['state'] | null | ReadonlyArray<T['state'] | null>
  /** Omitted if the state does not change. */
  to?: T['state']
  /** Distinguishes transitions of one action from the same state. The first whose condition holds is taken. */
  if?: Condition<T>
  /**
   * The events that the transition sends, in order. All of them have the time of the transition, because the time of a context
   * does not change within a transaction.
   */
  events?: ReadonlyArray<T['event']>
}

export interface LifecycleTable<T extends Types> {
  /** The name of the object, also the title of its diagram: `Payment`. */
  name: string
  /** Null for an object that does not exist yet. */
  stateOf (subject: T['subject']): T['state'] | null
  actions: { readonly [Name in T['action']]: Action<T> }
  transitions: ReadonlyArray<Transition<T>>
}

export interface Lifecycle<T extends Types> {
  table: LifecycleTable<T>
  /** Whether a state accepts an action. Ignores guards. */
  accepts (action: T['action'], state: T['state'] | null): boolean
  /** Whether the action is possible now. */
  can (action: T['action'], subject: T['subject'], facts: T['facts']): boolean
  /** The actions that are possible now, in the order of the table. */
  possible (subject: T['subject'], facts: T['facts']): Array<T['action']>
  /** Throws the action's error if it is not possible now. */
  check (action: T['action'], subject: T['subject'], facts: T['facts']): void
  /**
   * The transition that an action takes: the one that leads to `to`, or without it the first whose condition holds. Call `check`
   * first. Throws a plain Error if the table has no such transition, which is a bug in the table or its caller.
   */
  transition (action: T['action'], subject: T['subject'], facts: T['facts'], to?: T['state']): Transition<T>
  /** Whether no action leads out of a state. */
  isFinal (state: T['state']): boolean
}

/**
 * Creates a lifecycle from a table. The types are given by name:
 * `lifecycle<{ state: RefundStatus, action: 'settle', event: EventType, subject: Refund, facts: { now: number } }>({ … })`.
 */
export function lifecycle<T extends Types> (table: LifecycleTable<T>): Lifecycle<T> {
  const { transitions, stateOf } = table
  const actions = new Map(Object.entries<Action<T>>(table.actions))
  const fromState = (action: T['action'], state: T['state'] | null) =>
    transitions.filter(({ on, from }) => on === action && statesOf(from).includes(state))
  const accepts: Lifecycle<T>['accepts'] = (action, state) => fromState(action, state).length > 0

  function missing (action: T['action'], state: T['state'] | null): never {
    throw new Error(`${table.name}: ${action} is not possible in ${state}, and has no refusal`)
  }

  function refusal (action: T['action'], subject: T['subject'], facts: T['facts']): (() => ApiError) | null {
    const rules = actions.get(action)
    if (rules === undefined) throw new Error(`${table.name} has no action ${action}`)
    if (!accepts(action, stateOf(subject))) return () => rules.refusal?.(subject, facts) ?? missing(action, stateOf(subject))
    const guard = rules.guards?.find(({ holds }) => !holds(subject, facts))
    return guard === undefined ? null : () => guard.refusal(subject, facts)
  }

  return {
    table,
    accepts,
    can: (action, subject, facts) => refusal(action, subject, facts) === null,
    possible: (subject, facts) => [...actions.keys()].filter(action => refusal(action, subject, facts) === null),
    check (action, subject, facts) {
      const refused = refusal(action, subject, facts)
      if (refused !== null) throw refused()
    },
    transition (action, subject, facts, to) {
      const state = stateOf(subject)
      const found = fromState(action, state).find(transition =>
        (to === undefined || (transition.to ?? state) === to) && (transition.if?.holds(subject, facts) ?? true))
      if (found === undefined) throw new Error(`${table.name}: ${action} does not lead from ${state} to ${to ?? 'anywhere'}`)
      return found
    },
    isFinal: state => !transitions.some(({ from, to }) => to !== undefined && to !== state && statesOf(from).includes(state))
  }
}

/** The states that a transition begins in. */
export function statesOf<State> (from: State | readonly State[]): readonly State[] {
  return Array.isArray(from) ? from : [from as State]
}
