// The peers and autocannon live in bench/node_modules, which is not part of the emulator's own
// installation. They are installed when a run first needs them.
import { fileURLToPath } from 'node:url'
import { isInstalled } from './contestants.mjs'
import { autocannonFile } from './load.mjs'
import { runToEnd } from './processes.mjs'

const folder = fileURLToPath(new URL('.', import.meta.url))

// --ignore-scripts: no peer needs its install script, and one only sends telemetry.
async function installAll () {
  try {
    await runToEnd('npm', ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'])
  } catch (error) {
    const complaints = error.message.split('\n').filter((line) => line.includes('npm error'))
    return complaints.slice(0, 3).join('; ') || error.message
  }
}

// Returns the contestants that are installed or could be installed.
export async function withInstalledPeers (contestants, { notes, progress }) {
  const missing = contestants.filter((one) => one.package && !isInstalled(one))
  if (missing.length === 0) return contestants
  progress(`installs ${missing.map(({ name }) => name).join(' and ')} (npm ci --prefix bench)`)
  const failure = await installAll()
  const present = contestants.filter((one) => !one.package || isInstalled(one))
  if (present.length < contestants.length) {
    const names = missing.filter((one) => !isInstalled(one)).map(({ name }) => name).join(' and ')
    const note = `Left out: ${names}, which could not be installed. Is there a network?`
    notes.push(note)
    progress(`${note}\n${failure ?? ''}`)
  }
  return present
}

// Installs a load generator if wrk is missing. Returns an error message or undefined.
export async function installAutocannon ({ progress }) {
  progress(`wrk is not on the PATH: installs autocannon to ${autocannonFile}`)
  const failure = await installAll()
  return failure && 'No load generator: wrk is not on the PATH (Debian: apt-get install wrk), and ' +
    `autocannon could not be installed: ${failure}`
}
