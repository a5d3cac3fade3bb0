// The part of node-forge that tools/build.mjs bundles: X.509 certificates. Loaded only for --tls, --proxy and the command trust.
// Node.js makes the keys, but cannot issue certificates. Add new names to forge.d.ts too.
import forge from 'node-forge/lib/forge.js'
import 'node-forge/lib/pki.js'

export const { pki, md } = forge
