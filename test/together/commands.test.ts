/** What starts processes: commands, and what has to outlive them. And what the repository keeps to. */
import { runTogether } from './folder.js'

await runTogether('.')
