/** The command `trust`: creates the authority of --tls and --proxy if it is missing, and prints how programs trust it. */
import type { Command } from 'commander'
import { OPTIONS } from '../config/config.js'
import { tlsFolderOf } from '../config/data-folder.js'
import { nonEmpty } from '../config/values.js'
import { option } from './arguments.js'
import type { Tools } from './tools.js'

export function addTrust (program: Command, { show, env }: Tools, create: (folder: string) => Promise<string>): void {
  program.command('trust').description('print how programs trust the certificates of --tls and --proxy')
    .addOption(option('--tls-folder <folder>', `folder of the authority [${OPTIONS.tlsFolder.env}]`, nonEmpty))
    .action(async ({ tlsFolder }: { tlsFolder?: string }) => {
      const certificate = await create(tlsFolderOf(tlsFolder ?? (env[OPTIONS.tlsFolder.env] || null), env))
      show({ certificate, variables: trustVariables(certificate), commands: commandsFor(certificate) }, trustText)
    })
}

/** The variables from which runtimes read a certificate. */
export function trustVariables (certificate: string): Record<string, string> {
  return Object.fromEntries(Object.keys(READ_BY).map(name => [name, certificate]))
}

const READ_BY = {
  NODE_EXTRA_CA_CERTS: 'Node.js',
  SSL_CERT_FILE: 'Python (urllib, httpx), Ruby, Go, Rust, PHP; replaces the certificates of the system',
  REQUESTS_CA_BUNDLE: 'Python (requests); replaces its own certificates',
  CURL_CA_BUNDLE: 'curl; replaces the certificates of the system'
}

/** Commands that trust the certificate without a variable. */
function commandsFor (certificate: string): Record<string, string> {
  return {
    Java: `keytool -importcert -noprompt -alias dodo-emulator -file '${certificate}' -cacerts -storepass changeit`,
    Debian: `sudo cp '${certificate}' /usr/local/share/ca-certificates/dodo-emulator.crt && sudo update-ca-certificates`,
    Fedora: `sudo cp '${certificate}' /etc/pki/ca-trust/source/anchors/dodo-emulator.pem && sudo update-ca-trust`,
    macOS: `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db '${certificate}'`,
    Windows: `certutil -user -addstore Root "${certificate}"`
  }
}

function trustText ({ certificate, variables, commands }: {
  certificate: string, variables: Record<string, string>, commands: Record<string, string>
}): string[] {
  return [
    `The certificate of the authority: ${certificate}`,
    '\nSet a variable for one program (recommended):\n',
    ...Object.entries(variables).map(([name, value]) => `  ${name}=${value}    ${READ_BY[name as keyof typeof READ_BY]}`),
    '\nOr trust it on this computer. Anyone who reads the key beside it can then imitate any site for you:\n',
    ...Object.entries(commands).map(([name, command]) => `  ${`${name}:`.padEnd(9)}${command}`)
  ]
}
