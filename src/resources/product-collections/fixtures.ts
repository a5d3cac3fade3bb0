/** Product collections in fixtures files. */
import type { FixturesItems } from '../../fixtures/document.js'
import { creationAndChange, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { decideCollection } from './rules.js'

const collections: DataPart<FixturesItems['Collection']> = {
  what: 'product collection',
  rank: 35,
  isInPackage: true,
  id: { field: 'id', isTaken: (id, { productCollections }) => productCollections.find(id) !== undefined },
  insert (item, context) {
    const decided = decideCollection(item, context, item.archived)
    const times = creationAndChange(item, context.now)
    const collection = {
      ...decided,
      collection_id: item.id ?? decided.collection_id,
      ...times,
      archived_at: item.archived === true ? times.updated_at : null
    }
    context.sandbox.productCollections.insert(collection)
    return collection.collection_id
  }
}

export const fixtures: FixturesParts = { collections }
