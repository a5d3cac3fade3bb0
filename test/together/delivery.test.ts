/** Webhooks. */
import { runTogether } from './folder.js'

await runTogether('delivery')
