/** Licence keys for tests: imported ones, and the calls that licensed software makes without an API key. */
import type { Body, Reply } from '../../src/contract/operations.js'
import type { Answer, TestEmulator } from '../helper.js'

export type Key = Reply<'POST /license_keys'>
export type Activation = Reply<'POST /licenses/activate'>

export async function importKey (
  { call }: TestEmulator, changes: Partial<Body<'POST /license_keys'>> = {}
): Promise<Key> {
  const body = { key: 'AAAA-BBBB', customer_id: 'cus_ada', product_id: 'pdt_license', ...changes }
  const { status, json, text } = await call('POST', '/license_keys', { body })
  if (status !== 201) throw new Error(text)
  return json as Key
}

/** Calls /licenses/… as licensed software does: without an API key. */
export function license ({ call }: TestEmulator, operation: 'activate' | 'deactivate' | 'validate', body: object): Promise<Answer> {
  return call('POST', `/licenses/${operation}`, { body, key: null })
}

export async function activate (emulate: TestEmulator, key: string, name = 'laptop'): Promise<Activation> {
  const { status, json, text } = await license(emulate, 'activate', { license_key: key, name })
  if (status !== 201) throw new Error(text)
  return json as Activation
}

export async function isValid (emulate: TestEmulator, key: string, instanceId?: string | null): Promise<boolean> {
  const { json } = await license(emulate, 'validate', {
    license_key: key, ...(instanceId === undefined ? {} : { license_key_instance_id: instanceId })
  })
  return (json as { valid: boolean }).valid
}
