/** The API over HTTP and by the official client. */
import { runTogether } from './folder.js'

await runTogether('api')
