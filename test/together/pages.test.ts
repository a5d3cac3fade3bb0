/** Pages, without a browser. */
import { runTogether } from './folder.js'

await runTogether('pages')
