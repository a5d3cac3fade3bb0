// Cuts a release from the changelog: sets the version, gives the section "Unreleased" its number and date, commits and tags.
//
//   npm run release -- minor              or patch, major, 1.2.3
//   npm run release -- minor --dry-run    prints what would change
//   node tools/release.mjs --notes 0.2.0  prints the notes of a version; fails if the package has another version

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'

const STEPS = ['major', 'minor', 'patch']
const NUMBER = /^(\d+)\.(\d+)\.(\d+)$/

/** The version after a step (`minor`) or the given one. Throws unless it is newer. */
export function nextVersion (current, wanted) {
  const numbers = NUMBER.exec(current).slice(1).map(Number)
  const index = STEPS.indexOf(wanted)
  if (index !== -1) return numbers.map((number, place) => place < index ? number : place === index ? number + 1 : 0).join('.')
  const given = NUMBER.exec(wanted)?.slice(1).map(Number)
  if (given === undefined) throw new Error(`${wanted} is not a version. Use major, minor, patch or a version such as 1.2.3.`)
  const place = given.findIndex((number, place) => number !== numbers[place])
  if (place === -1 || given[place] < numbers[place]) throw new Error(`${wanted} is not newer than ${current}.`)
  return wanted
}

/** The changelog with its section "Unreleased" as this version. Throws if the section is empty. */
export function cutChangelog (text, version, date) {
  if (notesOf(text, 'Unreleased') === '') throw new Error('The section "Unreleased" of CHANGELOG.md is empty.')
  return text.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [${version}] - ${date}\n`)
}

/** The text of a section of the changelog, without its title. Empty for an unknown version. */
export function notesOf (text, version) {
  const [, ...sections] = text.split(/^## /m)
  const section = sections.find(section => section.startsWith(`[${version}]`))
  return section === undefined ? '' : section.slice(section.indexOf('\n')).replace(/^\[[^\]]+\]: .*$/gm, '').trim()
}

function release (wanted, dryRun) {
  const { version: current } = readJson('package.json')
  const version = nextVersion(current, wanted)
  const changelog = cutChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, new Date().toISOString().slice(0, 10))
  if (dryRun) {
    console.log(`${current} -> ${version}\n\n${notesOf(changelog, version)}`)
    return
  }
  if (git('status', '--porcelain') !== '') throw new Error('There are uncommitted changes. Commit or remove them first.')
  if (git('tag', '--list', `v${version}`) !== '') throw new Error(`The tag v${version} exists.`)
  writeFileSync('CHANGELOG.md', changelog)
  for (const file of ['package.json', 'package-lock.json']) {
    const content = readJson(file)
    content.version = version
    if (content.packages !== undefined) content.packages[''].version = version
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
  }
  git('commit', '--all', '--message', `Release ${version}`)
  git('tag', '--annotate', `v${version}`, '--message', `dodo-emulator ${version}`)
  console.log(`Made the commit and the tag v${version}. To publish: git push --follow-tags`)
}

function printNotes (version) {
  const { version: current } = readJson('package.json')
  if (version !== current) throw new Error(`package.json has version ${current}, not ${version}.`)
  const notes = notesOf(readFileSync('CHANGELOG.md', 'utf8'), version)
  if (notes === '') throw new Error(`CHANGELOG.md has no notes for ${version}.`)
  console.log(notes)
}

const readJson = file => JSON.parse(readFileSync(file, 'utf8'))
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim()

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: { notes: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    allowPositionals: true
  })
  try {
    if (values.notes !== undefined) printNotes(values.notes)
    else if (positionals.length === 1) release(positionals[0], values['dry-run'])
    else throw new Error('Which version? npm run release -- minor')
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
