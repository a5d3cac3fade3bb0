/**
 * The fonts of documents: the scripts of each font, and the place of its file. Most are in fonts/ of the package. Others are in
 * npm packages that a project can add: the complete fonts for Chinese, Japanese and Korean, and those of rare scripts.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { packagePath } from '../../root.js'

export interface FontFile {
  /** The name of its file in fonts/, or its package. */
  name: string
  /** Characters for which the font is tried. */
  covers: RegExp
  /** Whether spaces and punctuation after its characters are taken from other fonts. */
  hasOnlySymbols?: boolean
  /** The npm package that contains it, if it is not in fonts/, and the path of the file in it. */
  from?: { package: string, path: string }
}

/** Latin, Greek, Cyrillic and Devanagari. The bold one has the same characters. */
export const NOTO_SANS: FontFile = { name: 'noto-sans.ttf', covers: /[^]/u }
export const NOTO_SANS_BOLD: FontFile = { name: 'noto-sans-bold.ttf', covers: /[^]/u }

const SCRIPTS = [
  'Arabic', 'Armenian', 'Bengali', 'Ethiopic', 'Georgian', 'Gujarati', 'Gurmukhi', 'Hebrew', 'Kannada', 'Khmer', 'Lao',
  'Malayalam', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thaana', 'Thai'
]

/** Scripts with a package `@fontsource/noto-sans-SCRIPT`. */
const RARE_SCRIPTS = [
  'Adlam', 'Avestan', 'Balinese', 'Bamum', 'Bassa_Vah', 'Batak', 'Bhaiksuki', 'Brahmi', 'Buginese', 'Buhid',
  'Canadian_Aboriginal', 'Carian', 'Caucasian_Albanian', 'Chakma', 'Cham', 'Cherokee', 'Coptic', 'Cuneiform', 'Cypriot',
  'Deseret', 'Duployan', 'Egyptian_Hieroglyphs', 'Elbasan', 'Elymaic', 'Glagolitic', 'Gothic', 'Grantha', 'Gunjala_Gondi',
  'Hanifi_Rohingya', 'Hanunoo', 'Hatran', 'Imperial_Aramaic', 'Inscriptional_Pahlavi', 'Inscriptional_Parthian', 'Javanese',
  'Kaithi', 'Kayah_Li', 'Kharoshthi', 'Khojki', 'Khudawadi', 'Lepcha', 'Limbu', 'Linear_A', 'Linear_B', 'Lisu', 'Lycian',
  'Lydian', 'Mahajani', 'Mandaic', 'Manichaean', 'Marchen', 'Masaram_Gondi', 'Medefaidrin', 'Meetei_Mayek', 'Miao', 'Modi',
  'Mongolian', 'Mro', 'Nko', 'Ogham', 'Ol_Chiki', 'Runic', 'Syriac', 'Tifinagh', 'Vai'
]

const SYMBOLS: FontFile[] = [
  { name: 'noto-sans-symbols-2.woff', covers: /\p{sc=Common}/u, hasOnlySymbols: true },
  { name: 'noto-sans-symbols.woff', covers: /\p{sc=Common}/u, hasOnlySymbols: true }
]
const EMOJI: FontFile = { name: 'noto-emoji.woff', covers: /[\p{sc=Common}\p{sc=Inherited}]/u, hasOnlySymbols: true }

const MATH: FontFile = {
  name: 'noto-sans-math',
  covers: /[\p{Sm}\u2100-\u214f\u{1d400}-\u{1d7ff}]/u,
  hasOnlySymbols: true,
  from: { package: '@expo-google-fonts/noto-sans-math', path: '400Regular/NotoSansMath_400Regular.ttf' }
}

const OWN: FontFile[] = [
  // The sign of the baht belongs to no script.
  ...SCRIPTS.map(script => ({
    name: `noto-sans-${slug(script)}.woff`, covers: script === 'Thai' ? /\p{scx=Thai}|฿/u : ofScript(script)
  })),
  { name: 'noto-serif-tibetan.woff', covers: ofScript('Tibetan') }
]

const RARE: FontFile[] = RARE_SCRIPTS.map(script => {
  const name = `noto-sans-${slug(script)}`
  return {
    name,
    covers: ofScript(script),
    from: { package: `@fontsource/${name}`, path: `files/${name}-${slug(script)}-400-normal.woff` }
  }
})

/** The same ideograph looks different in Japan, Korea, mainland China and Taiwan. */
type Form = 'jp' | 'kr' | 'sc' | 'tc'

/** The fonts in the package have the everyday characters, the packages all of them. */
const COMPLETE: Readonly<Record<Form, string>> = {
  jp: 'NotoSansJP-Regular.otf', kr: 'NotoSansKR-Regular.otf', sc: 'NotoSansHans-Regular.otf', tc: 'NotoSansHant-Regular.otf'
}
// With full-width letters and the punctuation of these scripts.
const EAST_ASIAN =
  /[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\u3000-\u303f\u31c0-\u33ff\ufe30-\ufe4f\uff00-\uffef]/u

function eastAsian (form: Form): FontFile[] {
  return [
    { name: `noto-sans-${form}.woff`, covers: EAST_ASIAN },
    {
      name: COMPLETE[form], covers: EAST_ASIAN, from: { package: `@embedpdf/fonts-${form}`, path: `fonts/${COMPLETE[form]}` }
    }
  ]
}

const OF_FORMS: Readonly<Record<Form, FontFile[]>> = {
  jp: eastAsian('jp'), kr: eastAsian('kr'), sc: eastAsian('sc'), tc: eastAsian('tc')
}

function slug (script: string): string {
  return script.toLowerCase().replaceAll('_', '-')
}

function ofScript (script: string): RegExp {
  return new RegExp(`\\p{scx=${script}}`, 'u')
}

const FORMS_OF_COUNTRIES: Readonly<Record<string, Form>> = {
  JP: 'jp', KR: 'kr', KP: 'kr', TW: 'tc', HK: 'tc', MO: 'tc', CN: 'sc', SG: 'sc'
}

/** The form of ideographs in a text: by the letters that only one country uses, then by the country, then by the language. */
function formOf (text: string, country: string | undefined, language: string): Form {
  if (/[\p{sc=Hira}\p{sc=Kana}]/u.test(text)) return 'jp'
  if (/\p{sc=Hang}/u.test(text)) return 'kr'
  if (/\p{sc=Bopo}/u.test(text)) return 'tc'
  const form = FORMS_OF_COUNTRIES[country ?? '']
  if (form !== undefined) return form
  const { language: name, script, region } = new Intl.Locale(language).maximize()
  if (name === 'ja') return 'jp'
  if (name === 'ko') return 'kr'
  return script === 'Hant' || FORMS_OF_COUNTRIES[region ?? ''] === 'tc' ? 'tc' : 'sc'
}

/** Where a document is from. It decides the form of its ideographs. */
export interface Provenance {
  language: string
  /** ISO 3166. */
  country: string | undefined
}

/** The fonts to try for a character besides Noto Sans, in this order. */
export function fontsFor (character: string, text: string, { language, country }: Provenance): FontFile[] {
  const first = formOf(text, country, language)
  const forms = [first, ...(['jp', 'tc', 'sc', 'kr'] as const).filter(form => form !== first)]
  const isEmoji = /\p{Emoji_Presentation}|\ufe0f/u.test(character)
  const all = [
    ...OWN,
    ...forms.flatMap(form => OF_FORMS[form]),
    ...(isEmoji ? [EMOJI, ...SYMBOLS] : [...SYMBOLS, EMOJI]),
    MATH,
    ...RARE
  ]
  return all.filter(({ covers }) => covers.test(character))
}

/** The path of a font, or undefined if its package is not installed. */
export function pathOf ({ name, from }: FontFile): string | undefined {
  if (from === undefined) return packagePath('fonts', name)
  // A package of the project that runs the emulator, or one that is installed beside the emulator.
  const folders = [join(process.cwd(), 'package.json'), packagePath('package.json')]
    .flatMap(path => createRequire(path).resolve.paths(from.package) ?? [])
  return folders.map(folder => join(folder, from.package, from.path)).find(path => existsSync(path))
}

/** Reads a font file. */
export function readFont (path: string): Uint8Array {
  const file = readFileSync(path)
  return file.toString('latin1', 0, 4) === 'wOFF' ? inflateWoff(file) : file
}

const WOFF_HEADER = 44
const WOFF_ENTRY = 20
const SFNT_HEADER = 12
const SFNT_ENTRY = 16

/**
 * Converts WOFF 1.0, whose tables are compressed one by one, to the font inside it. fontkit reads WOFF too, but inflates a table
 * again for every glyph.
 */
function inflateWoff (woff: Buffer): Uint8Array {
  const count = woff.readUInt16BE(12)
  const header = Buffer.alloc(SFNT_HEADER + count * SFNT_ENTRY)
  const parts: Uint8Array[] = [header]
  let end = header.length
  woff.copy(header, 0, 4, 8) // the kind of outlines
  header.writeUInt16BE(count, 4)
  for (let index = 0; index < count; index++) {
    const entry = WOFF_HEADER + index * WOFF_ENTRY
    const [offset, packed, size] = [4, 8, 12].map(at => woff.readUInt32BE(entry + at)) as [number, number, number]
    const stored = woff.subarray(offset, offset + packed)
    const to = SFNT_HEADER + index * SFNT_ENTRY
    woff.copy(header, to, entry, entry + 4) // the tag
    woff.copy(header, to + 4, entry + 16, entry + 20) // the checksum
    header.writeUInt32BE(end, to + 8)
    header.writeUInt32BE(size, to + 12)
    parts.push(packed < size ? inflateSync(stored) : stored, Buffer.alloc(-size & 3))
    end += size + (-size & 3)
  }
  return Buffer.concat(parts)
}
