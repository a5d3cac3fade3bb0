// Runs scripts of package.json at the same time, which none of them must mind, and shows what each said once it has ended. Fails
// when one of them has failed, but not before all have ended.
//
//   node tools/at-once.mjs lint generated compile

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const codes = await Promise.all(process.argv.slice(2).map(run))
process.exit(codes.every(code => code === 0) ? 0 : 1)

async function run (script) {
  const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  process.stdout.write(out)
  process.stderr.write(err)
  if (code !== 0) console.error(`npm run ${script} has failed`)
  return code
}
