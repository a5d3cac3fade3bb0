/** Control operations on grants, disabled keys, and grants of subscriptions. */
import t from 'tap'
import type { SubscriptionChange } from '../../src/sandbox/effects.js'
import { grantStates, type GrantAction } from '../../src/resources/grants/states.js'
import { startEmulator, type TestEmulator } from '../helper.js'
import { advance, attach, buy, control, entitle, eventTypes, grantsOf, type Grant } from './grant-calls.js'
import { activate, isValid } from './license-calls.js'

const FROZEN = { clockFrozen: 'on' }

async function grantOf (emulate: TestEmulator, type: Parameters<typeof entitle>[1], config?: object): Promise<Grant> {
  const { id } = await entitle(emulate, type, config === undefined ? {} : { integration_config: config })
  await attach(emulate, 'pdt_ebook', id)
  await buy(emulate, { pdt_ebook: 1 })
  const grant = (await grantsOf(emulate)).at(-1)
  if (grant === undefined) throw new Error('there is no grant')
  return grant
}

t.test('the customer connects an account', async t => {
  for (const type of ['github', 'discord', 'notion', 'telegram'] as const) {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await grantOf(emulate, type)
    await advance(emulate, 7 * 86_400_000)
    t.match(await grantsOf(emulate), [{ status: 'Pending' }], 'nothing happens by itself')
    const failed = await control(emulate, id, 'fail', { error_code: 'github_permission_denied', error_message: 'No.' })
    t.match(failed.grant, { status: 'Failed', error_code: 'github_permission_denied', error_message: 'No.', delivered_at: null })
    const accepted = await control(emulate, id, 'accept', { account: 'ada' })
    t.match(accepted.grant, { status: 'Delivered', error_code: null, error_message: null })
    t.strictSame((await eventTypes(emulate)).slice(1), ['entitlement_grant.created', 'entitlement_grant.failed', 'entitlement_grant.delivered'])
  }
})

t.test('delivers a manual key: the given key, or a random one', async t => {
  const emulate = startEmulator(t, FROZEN)
  const one = await grantOf(emulate, 'license_key', { fulfillment_mode: 'manual' })
  t.match((await control(emulate, one.id, 'deliver')).grant, { status: 'Delivered', license_key: { key: /^[0-9a-f-]{36}$/ } })
  const two = await grantOf(emulate, 'license_key', { fulfillment_mode: 'manual' })
  t.match((await control(emulate, two.id, 'deliver', { key: 'MINE' })).grant, { license_key: { key: 'MINE' } })
  const three = await grantOf(emulate, 'license_key', { fulfillment_mode: 'manual' })
  t.equal((await control(emulate, three.id, 'deliver', { key: 'MINE' })).status, 409)
})

t.test('revokes and restores a grant', async t => {
  const emulate = startEmulator(t, FROZEN)
  await buy(emulate, { pdt_license: 1 })
  const [{ id = '', license_key: key = null, entitlement_id: entitlement = '' } = {}] = await grantsOf(emulate)
  const text = key?.key ?? ''
  const { id: instance } = await activate(emulate, text)
  t.match((await control(emulate, id, 'revoke')).grant, { status: 'Revoked', revocation_reason: 'platform_external', license_key: { status: 'disabled' } })
  t.equal(await isValid(emulate, text, instance), false)
  t.match((await control(emulate, id, 'restore')).grant, { id, status: 'Delivered', revocation_reason: null, revoked_at: null, license_key: { status: 'active' } })
  t.equal(await isValid(emulate, text, instance), true, 'instances survive')
  const revoke = async () => (await emulate.call('DELETE', `/entitlements/${entitlement}/grants/${id}`)).json as Grant
  const revoked = await revoke()
  t.match(revoked, { status: 'Revoked', revocation_reason: 'manual' })
  const events = await eventTypes(emulate)
  await advance(emulate, 1000)
  t.strictSame(await revoke(), revoked, 'once more changes nothing')
  t.strictSame(await eventTypes(emulate), events)
  t.strictSame(events.slice(3), ['entitlement_grant.revoked', 'entitlement_grant.delivered', 'entitlement_grant.revoked'])
  const { id: other } = await entitle(emulate, 'figma')
  t.equal((await emulate.call('DELETE', `/entitlements/${other}/grants/${id}`)).status, 404, 'the grant of another entitlement')
  t.equal((await emulate.call('DELETE', `/entitlements/${entitlement}/grants/entg_x`)).status, 404)
})

t.test('disabling a key revokes its grant', async t => {
  const emulate = startEmulator(t, FROZEN)
  await buy(emulate, { pdt_license: 1 })
  const [{ license_key: key = null } = {}] = await grantsOf(emulate)
  const change = async (body: object) => (await emulate.call('PATCH', `/license_keys/${key?.id}`, { body })).json
  t.match(await change({ disabled: true, activations_limit: 8 }), { status: 'disabled', activations_limit: 8 })
  t.match(await grantsOf(emulate), [{ status: 'Revoked', revocation_reason: 'license_key_disabled' }])
  t.match(await change({ disabled: false }), { status: 'active' })
  t.match(await grantsOf(emulate), [{ status: 'Delivered', revocation_reason: null, license_key: { activations_limit: 8 } }])
  t.strictSame((await eventTypes(emulate)).slice(3), ['entitlement_grant.revoked', 'entitlement_grant.delivered'])
})

t.test('accepts every action in exactly the states of the table', async t => {
  const actions: GrantAction[] = ['accept', 'deliver', 'fail', 'revoke', 'restore']
  const paths: Record<string, string[]> = { Pending: [], Delivered: ['deliver'], Failed: ['fail'], Revoked: ['revoke'] }
  for (const type of ['github', 'figma'] as const) {
    const emulate = startEmulator(t, FROZEN)
    for (const [status, way] of Object.entries(paths)) {
      for (const action of actions) {
        const { id } = await grantOf(emulate, type)
        for (const step of way) await control(emulate, id, step)
        const grant = emulate.emulator.sandbox.grants.find(id)
        if (grant === undefined) throw new Error('it is gone')
        t.equal(grant.status, status)
        const answer = await control(emulate, id, action)
        t.equal(answer.status, grantStates.can(action, grant, null) ? 200 : 422, `${action} of ${type} that is ${status}: ${answer.text}`)
        if (answer.status !== 200) t.strictSame(emulate.emulator.sandbox.grants.find(id), grant, 'nothing changes')
      }
    }
    t.equal((await control(emulate, 'entg_x', 'accept')).status, 404)
  }
})

t.test('grants follow their subscription', async t => {
  function begin (t: Parameters<typeof startEmulator>[0]) {
    const emulate = startEmulator(t, FROZEN)
    const { sandbox } = emulate.emulator
    const subscription = {
      subscription_id: 'sub_1',
      customer_id: 'cus_ada',
      brand_id: 'bus_emulator',
      product_id: 'pdt_license',
      quantity: 2,
      payment_id: 'pay_1',
      cancel_reason: null
    }
    const happen = (to: SubscriptionChange, changes: Partial<typeof subscription> = {}) => {
      const context = { sandbox, now: sandbox.clock.now(), baseUrl: 'http://shop.test' }
      sandbox.effects.subscriptionChanged({ ...subscription, ...changes }, to, context)
    }
    const states = async () => (await grantsOf(emulate)).map(({ status, revocation_reason: reason }) => [status, reason])
    return { emulate, happen, states }
  }

  t.test('each seat has one key, which is disabled while the subscription is on hold or paused', async t => {
    const { emulate, happen, states } = begin(t)
    happen('activated')
    happen('activated')
    const before = await grantsOf(emulate)
    t.match(before, [{ subscription_id: 'sub_1', payment_id: 'pay_1', license_key: { expires_at: null } }, {}])
    t.equal(before.length, 2)
    for (const [change, reason] of [['on_hold', 'subscription_on_hold'], ['paused', 'SubscriptionPaused']] as const) {
      happen(change)
      t.strictSame(await states(), [['Revoked', reason], ['Revoked', reason]])
      happen('resumed')
      const after = await grantsOf(emulate)
      t.strictSame(after.map(({ id, license_key: key, status }) => [id, key?.key, key?.status, status]),
        before.map(({ id, license_key: key }) => [id, key?.key, 'active', 'Delivered']), 'the same grants and keys')
    }
    t.notOk((await eventTypes(emulate)).slice(4).includes('entitlement_grant.created'))
    const patched = await emulate.call('PATCH', `/license_keys/${before[0]?.license_key?.id}`, { body: { expires_at: '2040-01-01T00:00:00Z' } })
    t.match([patched.status, patched.json], [400, { code: 'NO_EXPIRY_ON_SUBSCRIPTION_LICENSE_KEYS' }])
  })

  t.test('a resumed subscription does not restore grants that were revoked for another reason', async t => {
    const { emulate, happen, states } = begin(t)
    happen('activated')
    const [one] = await grantsOf(emulate)
    await emulate.call('DELETE', `/entitlements/${one?.entitlement_id}/grants/${one?.id}`)
    happen('on_hold')
    happen('resumed')
    t.strictSame(await states(), [['Revoked', 'manual'], ['Delivered', null]])
    happen('cancelled')
    happen('resumed')
    t.strictSame(await states(), [['Revoked', 'manual'], ['Revoked', 'subscription_cancelled']])
  })

  t.test('a plan change revokes the old grants and creates new ones', async t => {
    const { emulate, happen, states } = begin(t)
    happen('activated')
    happen('plan_changed', { quantity: 1 })
    t.strictSame(await states(), [['Revoked', 'plan_changed'], ['Revoked', 'plan_changed'], ['Delivered', null]])
    t.strictSame((await eventTypes(emulate)).slice(4), ['entitlement_grant.revoked', 'entitlement_grant.revoked', 'license_key.created', 'entitlement_grant.created'])
    happen('expired')
    t.strictSame((await states()).at(-1), ['Revoked', 'subscription_expired'])
  })
})
