/** Pages, in a browser: one for all files. */
import { runTogether } from './folder.js'

await runTogether('browser')
