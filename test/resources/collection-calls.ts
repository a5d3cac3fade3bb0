/** Requests that create product collections. */
import type { Schemas } from '../../src/contract/operations.js'
import type { TestEmulator } from '../helper.js'
import { RECURRING, create, send, type Json } from './product-calls.js'

export type Collection = Required<Schemas['ProductCollectionResponse']>

export const plan = (emulate: TestEmulator, changes: Json = {}, price: Json = {}) =>
  create(emulate, { name: 'Plan', price: { ...RECURRING, ...price }, ...changes })

/** Creates a collection. `groups` are lists of product ids. */
export const collect = (emulate: TestEmulator, groups: string[][], changes: Json = {}) =>
  send<Collection>(emulate, 'POST /product-collections', {
    name: 'Plans', groups: groups.map(ids => ({ products: ids.map(id => ({ product_id: id })) })), ...changes
  })

/** The group at an index. */
export function groupAt (collection: Collection, index: number): Collection['groups'][number] {
  const group = collection.groups[index]
  if (group === undefined) throw new Error(`there is no group ${index}`)
  return group
}
