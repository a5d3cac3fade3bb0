/** Brands in the API's shape. */
import type { Schemas } from '../../contract/operations.js'
import { formatOptionalTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { imageUrl } from '../uploads/view.js'
import type { Brand } from './store.js'

export function brandResponse (brand: Brand, context: Context): Required<Schemas['BrandResponse']> {
  return {
    brand_id: brand.brand_id,
    business_id: context.sandbox.business.business_id,
    name: brand.name,
    description: brand.description,
    statement_descriptor: brand.statement_descriptor,
    support_email: brand.support_email,
    url: brand.url,
    image: imageUrl(brand.image_id, context),
    enabled: brand.enabled,
    verification_enabled: brand.verification_enabled,
    verification_status: brand.verification_status,
    reason_for_hold: brand.reason_for_hold,
    archived_at: formatOptionalTime(brand.archived_at)
  }
}
