// Renews fonts/ from the npm packages of the Noto fonts: node tools/fonts.mjs
//
// The fonts are in the repository, because the packages that they are from have 500 MB in all weights and formats. The files are
// unchanged. docs/decisions/0032-fonts-of-documents.md explains the choice.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FONTS = join(import.meta.dirname, '..', 'fonts')

const NOTO_SANS = '@expo-google-fonts/noto-sans@0.4.2'
const FONTSOURCE_VERSION = '5.3.0'
/** The packages of Fontsource and the character sets that we take from them. */
const FONTSOURCE = {
  ...Object.fromEntries([
    'arabic', 'armenian', 'bengali', 'ethiopic', 'georgian', 'gujarati', 'gurmukhi', 'hebrew', 'kannada', 'khmer',
    'lao', 'malayalam', 'myanmar', 'oriya', 'sinhala', 'tamil', 'telugu', 'thaana', 'thai'
  ].map(script => [`noto-sans-${script}`, script])),
  'noto-serif-tibetan': 'tibetan',
  'noto-sans-jp': 'japanese',
  'noto-sans-kr': 'korean',
  'noto-sans-sc': 'chinese-simplified',
  'noto-sans-tc': 'chinese-traditional',
  'noto-sans-symbols': 'symbols',
  'noto-sans-symbols-2': 'symbols',
  'noto-emoji': 'emoji'
}

const work = mkdtempSync(join(tmpdir(), 'dodo-fonts-'))
const origins = []
try {
  take(NOTO_SANS, {
    '400Regular/NotoSans_400Regular.ttf': 'noto-sans.ttf',
    '700Bold/NotoSans_700Bold.ttf': 'noto-sans-bold.ttf',
    LICENSE_FONT: 'OFL.txt'
  })
  for (const [name, set] of Object.entries(FONTSOURCE)) {
    take(`@fontsource/${name}@${FONTSOURCE_VERSION}`, { [`files/${name}-${set}-400-normal.woff`]: `${name}.woff` })
  }
  writeFileSync(join(FONTS, 'README.md'), [
    '# Fonts of documents', '',
    'Unchanged files of the Noto fonts, Copyright The Noto Project Authors, under the SIL Open Font License 1.1: see OFL.txt.',
    'Written by `node tools/fonts.mjs`.', '',
    '| File | From |', '|---|---|', ...origins.sort().map(([file, from]) => `| ${file} | ${from} |`), ''
  ].join('\n'))
} finally {
  rmSync(work, { recursive: true, force: true })
}

function take (pack, files) {
  const archive = execFileSync('npm', ['pack', '--silent', pack], { cwd: work, encoding: 'utf8' }).trim()
  const paths = Object.keys(files).map(path => `package/${path}`)
  execFileSync('tar', ['xzf', archive, ...paths], { cwd: work })
  for (const [path, name] of Object.entries(files)) {
    copyFileSync(join(work, 'package', path), join(FONTS, name))
    if (name !== 'OFL.txt') origins.push([name, `${pack}, ${path}`])
  }
  rmSync(join(work, archive))
}
