/** Reads the text of a PDF as viewers do when it is copied: through the fonts' tables of characters, and ActualText. */
import { inflateSync } from 'node:zlib'

/** A piece of a line in one font, as it was drawn. */
export interface Run {
  text: string
  x: number
  y: number
  font: string
  /** Of its glyphs, in its font. */
  codes: number[]
  /** Whether a glyph is the box for missing characters of its font. */
  hasBox: boolean
}

export interface Pdf {
  bytes: Buffer
  pages: number
  runs: Run[]
  /** The texts of the runs. */
  texts: string[]
  /** The names of the fonts that are embedded: `NotoSans-Regular`. */
  embedded: string[]
}

/** The characters of WinAnsi where Latin-1 has control characters. Some versions of Node use windows-1252 for Latin-1. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function decodeWestern (hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1').replace(/[\u0080-\u009f]/g, character =>
    WINDOWS[character.charCodeAt(0) - 0x80] ?? '')
}

export function readPdf (bytes: Buffer): Pdf {
  const source = bytes.toString('latin1')
  const objects = new Map<string, string>()
  for (const [, id = '', body = ''] of source.matchAll(/\n(\d+) 0 obj\n([^]*?)\nendobj/g)) objects.set(id, body)
  const streamOf = (body: string) => {
    const [, stream = ''] = /stream\n([^]*?)\nendstream/.exec(body) ?? []
    const data = Buffer.from(stream, 'latin1')
    return (data[0] === 0x78 ? inflateSync(data) : data).toString('latin1')
  }
  const fonts = new Map<string, Font>()
  for (const [, name = '', id = ''] of source.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const font = objects.get(id) ?? ''
    const refer = (body: string, key: string) => objects.get(new RegExp(`/${key} \\[?(\\d+) 0 R`).exec(body)?.[1] ?? '')
    const table = refer(font, 'ToUnicode')
    if (table === undefined) continue
    const file = refer(refer(refer(font, 'DescendantFonts') ?? '', 'FontDescriptor') ?? '', 'FontFile2')
    fonts.set(name, {
      characters: charactersOf(streamOf(table)),
      boxes: file === undefined ? [] : boxesOf(Buffer.from(streamOf(file), 'latin1'))
    })
  }
  const pages = [...objects.values()].filter(body => /\/Type \/Page\b/.test(body))
  const runs = pages.flatMap(page => {
    const [, contents = ''] = /\/Contents (\d+) 0 R/.exec(page) ?? []
    return runsOf(streamOf(objects.get(contents) ?? ''), fonts)
  })
  const embedded = new Set([...source.matchAll(/\/FontName \/[A-Z]{6}\+(\S+)/g)].map(([, name = '']) => name))
  return { bytes, pages: pages.length, runs, texts: runs.map(({ text }) => text), embedded: [...embedded] }
}

interface Font {
  /** The characters of each code. */
  characters: string[]
  /** The codes of the glyph for missing characters. */
  boxes: number[]
}

/** The codes whose outlines are those of the first glyph of a TrueType font. */
function boxesOf (file: Buffer): number[] {
  const tables = new Map<string, Buffer>()
  for (let at = 12; at < 12 + file.readUInt16BE(4) * 16; at += 16) {
    const from = file.readUInt32BE(at + 8)
    tables.set(file.toString('latin1', at, at + 4), file.subarray(from, from + file.readUInt32BE(at + 12)))
  }
  const [loca, glyf, head] = ['loca', 'glyf', 'head'].map(tag => tables.get(tag) ?? Buffer.alloc(0)) as [Buffer, Buffer, Buffer]
  const isLong = head.readInt16BE(50) === 1
  const offset = (index: number) => isLong ? loca.readUInt32BE(index * 4) : loca.readUInt16BE(index * 2) * 2
  const count = loca.length / (isLong ? 4 : 2) - 1
  const glyphs = Array.from({ length: count }, (_, index) => glyf.subarray(offset(index), offset(index + 1)))
  return glyphs.flatMap((glyph, code) => glyph.length > 0 && glyph.equals(glyphs[0] ?? glyph) ? [code] : [])
}

/** The characters of each code, from the ranges of a ToUnicode table. */
function charactersOf (table: string): string[] {
  return [...table.matchAll(/\[(.*)\]/g)].flatMap(([, entries = '']) =>
    [...entries.matchAll(/<([^>]*)>/g)].map(([, hex = '']) => fromUtf16(Buffer.from(hex.replaceAll(' ', ''), 'hex'))))
}

function fromUtf16 (bytes: Buffer): string {
  return Buffer.from(bytes).swap16().toString('utf16le')
}

function runsOf (content: string, fonts: ReadonlyMap<string, Font>): Run[] {
  const runs: Run[] = []
  const pattern = /\/Span <<\s*\/ActualText \(((?:\\[^]|[^\\)])*)\)\s*>> BDC|EMC|BT\n([^]*?)\nET/g
  let actual: string | undefined
  for (const [whole, span, shown = ''] of content.matchAll(pattern)) {
    if (span !== undefined) actual = decodeString(span)
    if (!whole.startsWith('BT')) continue
    const [, x = '', y = ''] = /1 0 0 1 (\S+) (\S+) Tm/.exec(shown) ?? []
    const [, font = ''] = /\/(F\d+) \S+ Tf/.exec(shown) ?? []
    const { characters, boxes = [] } = fonts.get(font) ?? {}
    const hex = [...shown.matchAll(/<([0-9a-f]*)>/g)].map(([, part = '']) => part).join('')
    const codes = (hex.match(/.{4}/g) ?? []).map(code => parseInt(code, 16))
    const text = characters === undefined ? decodeWestern(hex) : codes.map(code => characters[code] ?? '').join('')
    const hasBox = characters !== undefined && codes.some(code => boxes.includes(code))
    runs.push({ text: actual ?? text, x: Number(x), y: Number(y), font, codes, hasBox })
    actual = undefined
  }
  return runs
}

function decodeString (literal: string): string {
  const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
  const plain = literal.replace(/\\([^])/g, (_, character: string) => escapes[character] ?? character)
  return plain.startsWith('\u00fe\u00ff') ? fromUtf16(Buffer.from(plain.slice(2), 'latin1')) : plain
}
