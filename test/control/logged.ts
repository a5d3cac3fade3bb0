/** Reads the request log. */
import type { components } from '../../src/contract/control-types.gen.js'
import type { TestEmulator } from '../helper.js'

export type LoggedRequest = components['schemas']['LoggedRequest']

export const KEY = 'sk_live_0123456789abcdef'

export async function logged ({ get }: TestEmulator, query = ''): Promise<LoggedRequest[]> {
  return (await get<{ items: LoggedRequest[] }>(`/_emulator/requests${query}`)).items
}

export async function newest (emulator: TestEmulator): Promise<LoggedRequest> {
  const [request] = await logged(emulator)
  if (request === undefined) throw new Error('the log is empty')
  return request
}
