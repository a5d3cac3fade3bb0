/** State machines as tables, tested with one like a subscription: guards, choices, and events in order. */
import t from 'tap'
import { ApiError, invalid } from '../../src/errors.js'
import { lifecycle, statesOf } from '../../src/rules/lifecycle.js'
import { paymentStates } from '../../src/resources/payments/states.js'
import { refundStates } from '../../src/resources/refunds/states.js'

type State = 'pending' | 'active' | 'on_hold' | 'paused' | 'cancelled' | 'failed' | 'expired'

interface Subscription {
  state: State | null
  trial: boolean
  method: string | null
  pausedAt: number | null
  expiresAt: number
}

interface SubscriptionTypes {
  state: State
  action: 'create' | 'activate' | 'decline' | 'renew' | 'recover' | 'pause' | 'resume' | 'cancel' | 'expire'
  event: string
  subject: Subscription
  facts: { now: number }
}

const LIVE = ['active', 'on_hold', 'paused'] as const
const UPDATED = 'subscription.updated'

const subscriptions = lifecycle<SubscriptionTypes>({
  name: 'Subscription',
  stateOf: ({ state }) => state,
  actions: {
    create: { text: 'Create' },
    activate: { text: 'The first payment succeeds' },
    decline: { text: 'A payment fails' },
    renew: { text: 'Renew', refusal: () => invalid('id', 'not active') },
    recover: { text: 'The dues are paid' },
    pause: {
      text: 'Pause',
      refusal: ({ state }) => new ApiError('INVALID_REQUEST_PARAMETERS', { message: `${state} can't be paused`, status: 409 }),
      guards: [
        { text: 'it has a payment method', holds: ({ method }) => method !== null, refusal: () => invalid('pause', 'needs a method') },
        { text: 'it is not over', holds: ({ expiresAt }, { now }) => now < expiresAt, refusal: () => invalid('pause', 'is over') }
      ]
    },
    resume: { text: 'Resume', refusal: ({ state }) => invalid('pause', `${state} is not paused`) },
    cancel: { text: 'Cancel', refusal: ({ state }) => invalid('status', `${state} can't be cancelled`) },
    expire: { text: 'Its term ends' }
  },
  transitions: [
    { on: 'create', from: null, to: 'pending' },
    {
      on: 'activate',
      from: 'pending',
      to: 'active',
      if: { text: 'with a trial', holds: ({ trial }) => trial },
      events: ['subscription.active', UPDATED]
    },
    { on: 'activate', from: 'pending', to: 'active', events: ['subscription.active', 'subscription.renewed', UPDATED] },
    { on: 'decline', from: 'pending', to: 'failed', events: ['subscription.failed'] },
    { on: 'decline', from: 'active', to: 'on_hold', events: ['subscription.on_hold', UPDATED] },
    { on: 'decline', from: 'on_hold', events: ['subscription.on_hold'] },
    { on: 'renew', from: 'active', events: ['subscription.renewed', UPDATED] },
    {
      on: 'recover',
      from: 'on_hold',
      to: 'paused',
      if: { text: 'it was paused', holds: ({ pausedAt }) => pausedAt !== null },
      events: ['subscription.paused', UPDATED]
    },
    { on: 'recover', from: 'on_hold', to: 'active', events: ['subscription.active', UPDATED] },
    { on: 'pause', from: 'active', to: 'paused', events: ['subscription.paused', UPDATED] },
    { on: 'resume', from: 'paused', to: 'active', events: ['subscription.unpaused', UPDATED] },
    { on: 'cancel', from: ['pending', ...LIVE], to: 'cancelled', events: ['subscription.cancelled', UPDATED] },
    { on: 'expire', from: ['active', 'on_hold'], to: 'expired', events: ['subscription.expired', UPDATED] }
  ]
})

const given = (changes: Partial<Subscription>): Subscription =>
  ({ state: 'active', trial: false, method: 'pm_1', pausedAt: null, expiresAt: 100, ...changes })
const now = { now: 10 }

t.test('returns what a table holds', async t => {
  t.test('lists the actions that are possible now', async t => {
    const possible = (changes: Partial<Subscription>) => subscriptions.possible(given(changes), now)
    t.strictSame(possible({}), ['decline', 'renew', 'pause', 'cancel', 'expire'])
    t.strictSame(possible({ method: null }), ['decline', 'renew', 'cancel', 'expire'], 'a guard excludes one')
    t.strictSame(possible({ state: 'paused' }), ['resume', 'cancel'])
    t.strictSame(possible({ state: 'cancelled' }), [])
    t.strictSame(possible({ state: null }), ['create'], 'for an object that does not exist yet')
    t.ok(subscriptions.accepts('pause', 'active'))
    t.notOk(subscriptions.can('pause', given({ expiresAt: 10 }), now))
  })

  t.test('lists the final states', async t => {
    const states: State[] = ['pending', ...LIVE, 'cancelled', 'failed', 'expired']
    t.strictSame(states.filter(state => subscriptions.isFinal(state)), ['cancelled', 'failed', 'expired'])
  })

  t.test('finds the transition by its condition, its state or its target', async t => {
    const events = (action: SubscriptionTypes['action'], changes: Partial<Subscription>, to?: State) =>
      subscriptions.transition(action, given(changes), now, to).events
    t.strictSame(events('activate', { state: 'pending' }), ['subscription.active', 'subscription.renewed', UPDATED])
    t.strictSame(events('activate', { state: 'pending', trial: true }), ['subscription.active', UPDATED])
    t.strictSame(events('recover', { state: 'on_hold', pausedAt: 5 }), ['subscription.paused', UPDATED])
    t.strictSame(events('recover', { state: 'on_hold' }), ['subscription.active', UPDATED])
    t.strictSame(events('decline', { state: 'on_hold' }), ['subscription.on_hold'], 'the state does not change')
    t.strictSame(events('decline', { state: 'on_hold' }, 'on_hold'), ['subscription.on_hold'])
    t.equal(subscriptions.transition('create', given({ state: null }), now).to, 'pending')
  })
})

t.test('refuses actions that are not possible', async t => {
  const refusal = (action: SubscriptionTypes['action'], changes: Partial<Subscription>) => {
    try {
      subscriptions.check(action, given(changes), now)
      return null
    } catch (error) {
      return error
    }
  }
  t.equal(refusal('pause', {}), null)
  t.match(refusal('pause', { state: 'paused', method: null }), { name: 'ApiError', status: 409, message: "paused can't be paused" })
  t.match(refusal('pause', { method: null, expiresAt: 0 }), { message: 'needs a method' }, 'guards are checked in order')
  t.match(refusal('pause', { expiresAt: 0 }), { message: 'is over', details: [{ path: 'pause' }] })
  t.match(refusal('expire', { state: 'paused' }), { name: 'Error', message: /expire is not possible in paused, and has no refusal/ })
  t.throws(() => subscriptions.transition('pause', given({ state: 'paused' }), now), /Subscription: pause does not lead from paused/)
  t.throws(() => subscriptions.transition('pause', given({}), now, 'on_hold'), /does not lead from active to on_hold/)
  t.throws(() => subscriptions.can('fly' as 'pause', given({}), now), /no action fly/)
})

t.test('every table of the emulator is complete', async t => {
  for (const { table, isFinal } of [paymentStates, refundStates]) {
    const rows = table.transitions.flatMap(({ on, from, to, if: condition }) =>
      statesOf<string | null>(from).map(state => ({ on, from: state, to: to ?? state, condition: condition?.text })))
    for (const action of Object.keys(table.actions)) t.ok(rows.some(({ on }) => on === action), `${table.name}: ${action} has a target`)
    const keys = rows.map(row => JSON.stringify(row))
    t.strictSame(keys.filter((key, index) => keys.indexOf(key) < index), [], `${table.name}: no transition is listed twice`)
    const reached = new Set<string | null>([null])
    for (let size = 0; size < reached.size;) {
      size = reached.size
      for (const { from, to } of rows) if (reached.has(from)) reached.add(to)
    }
    t.strictSame(rows.filter(({ from }) => !reached.has(from)), [], `${table.name}: every state is reachable`)
    t.ok([...reached].some(state => state !== null && isFinal(state as never)), `${table.name}: a final state is reachable`)
  }
})
