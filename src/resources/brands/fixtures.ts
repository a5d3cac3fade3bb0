/** Brands in fixtures files. The primary brand has the id of the business. */
import { invalid } from '../../errors.js'
import type { FixturesItems } from '../../fixtures/document.js'
import { givenTime, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { decideBrand } from './rules.js'
import type { Brand } from './store.js'

const brands: DataPart<FixturesItems['Brand']> = {
  what: 'brand',
  rank: 10,
  isInPackage: true,
  id: { field: 'brand_id', isTaken: (id, { brands }) => brands.find(id) !== undefined },
  references: ['brand_id'],
  missing: (given, { business_id: id, name }) => given.some(brand => brand.brand_id === id) ? [] : [{ brand_id: id, name }],
  insert (item, context) {
    const { brands, business } = context.sandbox
    const { brand_id: id } = item
    const decided = decideBrand(item, context)
    const archivedAt = givenTime('archived_at', item.archived_at) ?? null
    if (id === business.business_id && archivedAt !== null) {
      throw invalid('archived_at', 'must be null: the primary brand cannot be archived')
    }
    const brand: Brand = {
      ...decided,
      brand_id: id ?? decided.brand_id,
      enabled: item.enabled ?? archivedAt === null,
      verification_enabled: item.verification_enabled ?? decided.verification_enabled,
      verification_status: item.verification_status ?? decided.verification_status,
      reason_for_hold: item.reason_for_hold ?? null,
      archived_at: archivedAt
    }
    brands.insert(brand)
    return brand.brand_id
  }
}

export const fixtures: FixturesParts = { brands }
