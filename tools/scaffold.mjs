// Begins a resource: npm run scaffold NAME [PREFIX]
//
// NAME is the first segment of a path of the contract (disputes), PREFIX what its ids begin with (dp). Writes src/resources/NAME/, a step
// in db/ and a test, all from the contract, and prints the lines that only a person adds.
import { fileURLToPath } from 'node:url'
import { scaffold } from './scaffold/write.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

try {
  scaffold(...process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
