/** Rules and stores. */
import { runTogether } from './folder.js'

await runTogether('rules', 'store')
