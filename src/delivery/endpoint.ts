/** An endpoint as deliveries know it: a row of the store of webhooks. */
import type { Stored } from '../resources/stores.js'

export type Endpoint = Stored<'webhooks'>
