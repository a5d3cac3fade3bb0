/** The script that cuts a release from the changelog. */
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { packagePath } from '../src/root.js'

interface Release {
  nextVersion (current: string, wanted: string): string
  cutChangelog (text: string, version: string, date: string): string
  notesOf (text: string, version: string): string
}

const { nextVersion, cutChangelog, notesOf } = await import(pathToFileURL(packagePath('tools', 'release.mjs')).href) as Release

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- A thing.

## [0.1.0]

- The first.

[0.1.0]: https://example.com
`

t.test('counts versions', async t => {
  for (const [wanted, version] of [['patch', '1.2.4'], ['minor', '1.3.0'], ['major', '2.0.0'], ['1.10.0', '1.10.0']] as const) {
    t.equal(nextVersion('1.2.3', wanted), version)
  }
  for (const wanted of ['1.2.3', '1.2.2', '0.9.9', '1.1.9', 'next', '1.2', 'v1.3.0', '']) t.throws(() => nextVersion('1.2.3', wanted), wanted)
})

t.test('gives the unreleased changes a version and a date, and leaves an empty section', async t => {
  const cut = cutChangelog(CHANGELOG, '0.2.0', '2026-12-01')
  t.match(cut, '## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- A thing.\n\n## [0.1.0]\n')
  t.equal(notesOf(cut, '0.2.0'), '### Added\n\n- A thing.')
  t.equal(notesOf(cut, 'Unreleased'), '')
  t.throws(() => cutChangelog(cut, '0.3.0', '2026-12-02'), { message: /empty/ })
})

t.test('finds the notes of a version, without the links below', async t => {
  t.equal(notesOf(CHANGELOG, '0.1.0'), '- The first.')
  t.equal(notesOf(CHANGELOG, '0.1'), '')
})
