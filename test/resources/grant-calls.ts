/** Entitlements and purchases for tests. */
import type { Body, Reply, Schemas } from '../../src/contract/operations.js'
import { paymentBody, type PaymentBody, type TestEmulator } from '../helper.js'

export type Entitlement = Reply<'POST /entitlements'>
export type Grant = Schemas['EntitlementGrantResponse']

/** A config that each type accepts. */
export const CONFIGS: Record<Schemas['EntitlementIntegrationType'], Schemas['IntegrationConfig']> = {
  feature_flag: { feature_id: 'pro', feature_type: 'boolean' },
  github: { target_id: 'acme/source', permission: 'pull' },
  discord: { guild_id: '123', role_id: '456' },
  telegram: { chat_id: '-100' },
  figma: { figma_file_id: 'fig' },
  framer: { framer_template_id: 'fra' },
  notion: { notion_template_id: 'not' },
  digital_files: { digital_file_ids: [], external_url: 'https://files.example/start', instructions: 'Unzip it.' },
  license_key: { activations_limit: 3, duration_count: 1, duration_interval: 'Year', activation_message: 'Enter it under Settings.' }
}

type Type = keyof typeof CONFIGS

export async function entitle (
  { call }: TestEmulator, type: Type, changes: Partial<Body<'POST /entitlements'>> = {}
): Promise<Entitlement> {
  const body = { name: `The ${type}`, integration_type: type, integration_config: CONFIGS[type], ...changes }
  const { status, json, text } = await call('POST', '/entitlements', { body })
  if (status !== 200) throw new Error(text)
  return json as Entitlement
}

/** Attaches only these entitlements to a product. */
export async function attach ({ call }: TestEmulator, productId: string, ...ids: string[]): Promise<void> {
  const { status, text } = await call('PATCH', `/products/${productId}`, { body: { entitlements: ids.map(id => ({ entitlement_id: id })) } })
  if (status !== 200) throw new Error(text)
}

/** Creates a succeeded payment, by default of cus_ada. */
export async function buy (emulate: TestEmulator, cart: Record<string, number>, changes: Partial<PaymentBody> = {}): Promise<string> {
  const lines = Object.entries(cart).map(([id, quantity]) => ({ product_id: id, quantity }))
  const { payment_id: id } = await emulate.pay(paymentBody({ product_cart: lines, ...changes }))
  const { status, text } = await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  if (status !== 200) throw new Error(text)
  return id
}

/** The grants of cus_ada, oldest first. */
export async function grantsOf ({ get }: TestEmulator, query = ''): Promise<Grant[]> {
  const { items } = await get<{ items: Grant[] }>(`/customers/cus_ada/entitlement-grants?page_size=100&${query}`)
  return items.reverse()
}

/** The types of all events, oldest first. */
export async function eventTypes ({ get }: TestEmulator, query = ''): Promise<string[]> {
  const { items } = await get<{ items: Array<{ type: string }> }>(`/_emulator/events?page_size=100&${query}`)
  return items.map(({ type }) => type).reverse()
}

export async function control (
  { call }: TestEmulator, grantId: string | undefined, action: string, body?: object
): Promise<{ status: number, grant: Grant, text: string }> {
  const { status, json, text } = await call('POST', `/_emulator/grants/${grantId}/${action}`, body === undefined ? {} : { body })
  return { status, grant: json as Grant, text }
}

export const advance = async ({ call }: TestEmulator, ms: number): Promise<unknown> =>
  await call('POST', '/_emulator/clock', { body: { advance_ms: ms } })
