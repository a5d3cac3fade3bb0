/** The folder in which this user's programs keep data, by the conventions of each system. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Environment } from './table.js'

export function dataFolder (env: Environment, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'dodo-emulator')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'dodo-emulator')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'dodo-emulator')
}

/** The folder of the authority: the given one, or the user's. */
export function tlsFolderOf (given: string | null, env: Environment): string {
  return given === null ? dataFolder(env, process.platform, homedir()) : resolve(given)
}
