// The measured servers: for each, a name for the table and the command that starts it. The command is
// plain `node file.js`, because npx would be measured too.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
export const root = join(here, '..')

const files = {
  bare: join(here, 'servers', 'bare.mjs'),
  naive: join(here, 'servers', 'naive.mjs'),
  ours: join(root, 'dist', 'cli.js'),
  prism: join(here, 'node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js'),
  steady: join(here, 'node_modules', '@stdy', 'cli', 'steady.js')
}

// Each gets the port, a file to write the port to, a database file and the contract's document, and
// uses those that it supports.
const all = [
  {
    key: 'bare',
    name: 'bare Fastify',
    args: ({ port }) => [files.bare, port]
  },
  {
    key: 'naive',
    name: 'Fastify + ajv + SQLite',
    usesDocument: true,
    args: ({ port, database, document }) => [files.naive, port, database, document]
  },
  {
    key: 'ours',
    name: 'dodo-emulator',
    writesPort: true,
    args: ({ portFile, database }) => [
      files.ours, 'start', '--port', '0', '--port-file', portFile, '--database', database
    ]
  },
  {
    key: 'prism',
    name: 'Prism',
    package: '@stoplight/prism-cli',
    usesDocument: true,
    args: ({ port, document }) => [
      files.prism, 'mock', '-h', '127.0.0.1', '-p', port, '-v', 'error', document
    ]
  },
  {
    key: 'steady',
    name: 'steady',
    package: '@stdy/cli',
    usesDocument: true,
    args: ({ port, document }) => [
      files.steady, '--quiet', '--host', '127.0.0.1', '--port', port, document
    ]
  }
]

export function contestants (keys) {
  return all.filter((contestant) => keys.includes(contestant.key))
    .map((contestant) => ({ ...contestant }))
}

export const isInstalled = (contestant) => existsSync(files[contestant.key])
