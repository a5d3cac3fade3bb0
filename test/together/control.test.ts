/** What is below /_emulator. */
import { runTogether } from './folder.js'

await runTogether('control')
