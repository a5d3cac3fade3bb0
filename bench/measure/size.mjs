// Installed size: the disk space (du) in MB of `npm install` of the package in an empty folder. The
// emulator is packed first, as for publishing.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../contestants.mjs'
import { removeFolder, runToEnd, temporaryFolder } from '../processes.mjs'

const NATIVE = join('node_modules', 'better-sqlite3')

async function diskMb (path) {
  const output = await runToEnd('du', ['-sk', path])
  return Number(output.split(/\s/)[0]) * 1024 / 1e6
}

async function install (folder, dependencies, npmArguments) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({
    name: 'installed-size', private: true, dependencies, allowScripts: { 'better-sqlite3': true }
  }))
  await runToEnd('npm', [
    'install', '--omit=dev', '--no-audit', '--no-fund', '--prefix', folder, ...npmArguments
  ])
}

// npm run bench has built dist/, so packing does not build again.
async function pack (folder) {
  await runToEnd('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, root])
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')))
}

async function sizeOfOurs () {
  const packed = temporaryFolder()
  const folder = temporaryFolder()
  try {
    const tarball = await pack(packed)
    await install(folder, { 'dodo-emulator': `file:${tarball}` }, [])
    const installedMb = await diskMb(join(folder, 'node_modules'))
    const nativeMb = await diskMb(join(folder, NATIVE))
    // The folder also has SQLite's sources and compiler output, but only these two are used.
    const binaryMb = await diskMb(await binaryOf(join(folder, NATIVE)))
    const nativeNeededMb = binaryMb + await diskMb(join(folder, NATIVE, 'lib'))
    // If npm downloads a prebuilt binary, build/ contains nothing else.
    const build = join(folder, NATIVE, 'build')
    const leavingsMb = existsSync(build) ? await diskMb(build) - binaryMb : 0
    return {
      installedMb,
      installedPrebuiltMb: installedMb - leavingsMb,
      nativeMb,
      nativeNeededMb,
      tarballMb: await diskMb(tarball)
    }
  } finally {
    removeFolder(packed)
    removeFolder(folder)
  }
}

async function binaryOf (folder) {
  const output = await runToEnd('find', [folder, '-name', 'better_sqlite3.node', '-type', 'f'])
  const files = output.trim().split('\n')
  return files.find((file) => file.includes(join('build', 'Release') + '/better')) ?? files[0]
}

async function sizeOfPeer (contestant) {
  const folder = temporaryFolder()
  const { dependencies } = JSON.parse(
    readFileSync(join(root, 'bench', 'package.json'), 'utf8')
  )
  try {
    const name = contestant.package
    await install(folder, { [name]: dependencies[name] }, ['--ignore-scripts'])
    return { installedMb: await diskMb(join(folder, 'node_modules')) }
  } finally {
    removeFolder(folder)
  }
}

// Resolves to samples: {server, installedMb} and, for the emulator, installedPrebuiltMb, nativeMb,
// nativeNeededMb and tarballMb. The servers in bench/servers are not products, so they have no size.
export async function measureSize ({ contestants, notes, progress }) {
  const samples = []
  for (const contestant of contestants) {
    if (contestant.key !== 'ours' && contestant.package === undefined) continue
    progress(`installed size: ${contestant.name}`)
    try {
      const size = contestant.key === 'ours' ? await sizeOfOurs() : await sizeOfPeer(contestant)
      samples.push({ server: contestant.key, ...size })
    } catch (error) {
      const [reason] = error.message.split('\n')
      notes.push(`Installed size of ${contestant.name} not measured (no network?): ${reason}`)
    }
  }
  return samples
}
