/** Every resource of the API. */
import { runTogether } from './folder.js'

await runTogether('resources')
