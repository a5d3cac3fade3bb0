/** Refuses purchases of blocked customers. */
import { invalid } from '../../errors.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

/** Throws if an e-mail address is blocked. `path` is the field of the request that names the customer. */
export function checkNotBlocked (email: string, path: string, { blocklist }: Pick<Sandbox, 'blocklist'>): void {
  const entry = blocklist.findBlocked(email)
  if (entry === undefined) return
  throw invalid(path, `customer is blocked: ${email} is on the blocklist, remove ${entry.entry_id} to accept it`)
}
