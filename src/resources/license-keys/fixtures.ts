/** Imported licence keys of a fixtures file, with their activations. */
import { invalid } from '../../errors.js'
import type { FixturesItems } from '../../fixtures/document.js'
import type { DataPart, FixturesParts } from '../../fixtures/part.js'
import { decideImport, instanceName } from './rules.js'

const licenseKeys: DataPart<FixturesItems['LicenseKey']> = {
  what: 'license key',
  rank: 45,
  id: { field: 'id', isTaken: (id, { licenseKeys }) => licenseKeys.find(id) !== undefined },
  references: ['license_key_id'],
  insert (item, context) {
    const { sandbox, now } = context
    const decided = decideImport(item, context)
    const names = (item.instances ?? []).map(instanceName)
    const { activations_limit: limit } = decided
    if (limit !== null && names.length > limit) {
      throw invalid('instances', `instances has ${names.length} names: activations_limit allows ${limit}`)
    }
    const key = { ...decided, license_key_id: item.id ?? decided.license_key_id }
    sandbox.licenseKeys.insert(key)
    for (const name of names) {
      sandbox.licenseKeys.activate({
        instance_id: sandbox.ids.next('lki', now), license_key_id: key.license_key_id, name, created_at: now
      })
    }
    return key.license_key_id
  }
}

export const fixtures: FixturesParts = { license_keys: licenseKeys }
