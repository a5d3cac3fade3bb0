// Finds the prose of a file: what people read. Each unit is one comment, string, paragraph or description. Its text has one space
// for everything that is not prose (code in backticks, HTML tags, comment markers), so that the offsets are those of the file.

import ts from 'typescript'
import { parseAllDocuments, visit } from 'yaml'

const CODE = /\.(?:ts|js|mjs|cjs|jsx|tsx)$/
const HASH_COMMENTS = /(?:\.(?:yaml|yml|sh|py|conf|toml)|(?:^|\/)Dockerfile|(?:^|\/)\.ci\/[^./]+|\.(?:docker|git)ignore|\.npmrc)$/
const DASH_COMMENTS = /\.(?:sql|lua)$/
const TEST_FUNCTIONS = /(?:^|\.)(?:test|it|describe)$/

/** The units of a file: `{ kind, text, lineAt }`, where kind is comment, doc, string, title or text. */
export function proseOf (file, source) {
  const lineStarts = [0]
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return rangesOf(file, source).map(({ kind, start, end }) => {
    const text = masked(source.slice(start, end), kind)
    return { kind, text, lineAt: offset => lineStarts.findLastIndex(from => from <= start + offset) + 1 }
  })
}

function rangesOf (file, source) {
  if (CODE.test(file)) return codeRanges(file, source)
  if (file.endsWith('.md')) return markdownRanges(file, source)
  if (/\.ya?ml$/.test(file)) return [...yamlRanges(source), ...commentRanges(source, /^[ \t]*#.*$/gm)]
  if (HASH_COMMENTS.test(file)) return commentRanges(source, /^[ \t]*#.*$/gm)
  if (DASH_COMMENTS.test(file)) return commentRanges(source, /--.*$/gm)
  if (file.endsWith('package.json')) return commentRanges(source, /(?<="description": ").*(?=")/g)
  return []
}

function codeRanges (file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const ranges = []
  const comments = new Map() // by their start, because a comment leads one node and trails another
  const look = node => {
    const leading = ts.getLeadingCommentRanges(source, node.pos) ?? []
    const trailing = ts.getTrailingCommentRanges(source, node.end) ?? []
    for (const comment of [...leading, ...trailing]) comments.set(comment.pos, comment)
    if (isText(node)) {
      ranges.push({ kind: isTitle(node) ? 'title' : 'string', start: node.getStart(), end: node.end })
    }
    for (const child of node.getChildren(tree)) look(child)
  }
  look(tree)
  let previous
  for (const { pos: start, end, kind } of [...comments.values()].sort((a, b) => a.pos - b.pos)) {
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia
    if (isLine && previous?.isLine && /^\r?\n[ \t]*$/.test(source.slice(previous.end, start))) {
      previous.end = end
      continue
    }
    const isDoc = source.startsWith('/**', start) || source.slice(0, start).trim() === ''
    previous = { kind: isDoc ? 'doc' : 'comment', start, end, isLine }
    ranges.push(previous)
  }
  return ranges
}

function isText (node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isJsxText(node)
}

/** Whether a string is the title of a test. */
function isTitle (node) {
  const call = node.parent
  return ts.isCallExpression(call) && call.arguments[0] === node && TEST_FUNCTIONS.test(call.expression.getText())
}

/** Paragraphs, headings and table cells, and the comments of code blocks. Of CHANGELOG.md, the section that is not released. */
function markdownRanges (file, source) {
  const end = file === 'CHANGELOG.md' ? source.search(/^## \[?\d/m) : -1
  const ranges = []
  let isCode = false
  let paragraph
  for (const match of source.slice(0, end === -1 ? undefined : end).matchAll(/^.*$/gm)) {
    const [line] = match
    const range = { kind: 'text', start: match.index, end: match.index + line.length }
    if (/^\s*```/.test(line)) isCode = !isCode
    else if (isCode) {
      const comment = /(?:^|\s)(?:#|\/\/) .*/.exec(line)
      if (comment !== null) ranges.push({ kind: 'comment', start: match.index + comment.index, end: range.end })
    } else if (line.trim() !== '') {
      if (paragraph !== undefined && !/^\s*(?:[-*|#]|\d+\.) ?/.test(line)) paragraph.end = range.end
      else ranges.push(paragraph = range)
      continue
    }
    paragraph = undefined
  }
  return ranges
}

/** Every text of more than one word. */
function yamlRanges (source) {
  const ranges = []
  for (const document of parseAllDocuments(source)) {
    visit(document, {
      Scalar (_, { value, range }) {
        if (typeof value === 'string' && /\s/.test(value.trim())) ranges.push({ kind: 'text', start: range[0], end: range[1] })
      }
    })
  }
  return ranges
}

/** Comments; those on consecutive lines are one. */
function commentRanges (source, pattern) {
  const ranges = []
  for (const match of source.matchAll(pattern)) {
    const previous = ranges.at(-1)
    const end = match.index + match[0].length
    if (previous !== undefined && /^\r?\n[ \t]*$/.test(source.slice(previous.end, match.index))) previous.end = end
    else ranges.push({ kind: 'comment', start: match.index, end })
  }
  return ranges
}

/** The text with spaces for everything that is not prose. */
function masked (text, kind) {
  const blank = part => part.replace(/[^\n]/g, ' ')
  let result = text
  if (kind === 'string' || kind === 'title') {
    result = result.replace(/^[`'"}]|(?:[`'"]|\$\{)$/g, blank).replace(/\\n/g, blank)
    if (/<[^>]*>/.test(result)) result = result.replace(/<[^>]*>?/g, blank)
  }
  if (kind === 'doc' || kind === 'comment') {
    result = result.replace(/^[ \t]*(?:\/\*+|\*+\/|\*|\/\/|#+|--)/gm, blank).replace(/\*\/$/, blank)
  }
  if (kind === 'text') result = result.replace(/^[ \t]*(?:[-*>#|]+|\d+\.) /gm, blank).replace(/(?<=\])\([^)\s]*\)/g, blank)
  return kind === 'string' || kind === 'title' ? result : result.replace(/`[^`]*`/g, blank)
}
