/**
 * The command `completion`: prints a script that completes commands, options and their values in a shell. The script is made
 * from the table of commands and does not start Node.js, so it answers at once.
 */
import type { Argument, Command, Option } from 'commander'
import { ON_OFF } from '../config/values.js'
import { argument, choicesOf, oneOf } from './arguments.js'
import type { Tools } from './tools.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function addCompletion (program: Command, { show }: Tools): void {
  const command = program.command('completion').description('print a script that completes commands and options in a shell')
    .addArgument(argument('<shell>', 'bash, zsh or fish', oneOf(...SHELLS)))
    .addHelpText('after', `
Load it when the shell starts:
  bash  echo 'source <(npx dodo-emulator completion bash)' >> ~/.bashrc
  zsh   echo 'source <(npx dodo-emulator completion zsh)' >> ~/.zshrc     (after compinit)
  fish  npx dodo-emulator completion fish > ~/.config/fish/completions/dodo-emulator.fish`)
  command.action((shell: Shell) => {
    show({ shell, script: SCRIPTS[shell](placesOf(program)) }, ({ script }) => script.trimEnd())
  })
}

interface Word {
  text: string
  about: string
}

/** The words that can follow an option: some values, a file, any text, or null if the option takes no value. */
type Value = { kind: 'choices', choices: readonly string[] } | { kind: 'file' } | { kind: 'text' } | null

/** A command, and what can follow it. */
interface Place {
  /** `clock set`; empty for the program. */
  path: string
  commands: Word[]
  options: Array<Word & { value: Value }>
  /** The values of the first argument. */
  argument: Value
}

function placesOf (command: Command, path: string[] = []): Place[] {
  const commands = command.commands.map(child => ({ text: child.name(), about: child.summary() || child.description() }))
  const options = command.options.map(option => ({
    text: option.long ?? option.flags, about: option.description, value: option.isBoolean() ? null : valueOf(option, option.flags)
  }))
  const [first] = command.registeredArguments
  const place: Place = {
    path: path.join(' '),
    commands,
    options: [...options, { text: '--help', about: 'show the help', value: null }],
    argument: first === undefined ? null : valueOf(first, first.name())
  }
  return [place, ...command.commands.flatMap(child => placesOf(child, [...path, child.name()]))]
}

function valueOf (of: Option | Argument, placeholder: string): Value {
  const choices = choicesOf(of) ?? (placeholder.endsWith('<on|off>') ? ON_OFF : undefined)
  if (choices !== undefined) return { kind: 'choices', choices }
  return { kind: /\bfiles?\b/.test(placeholder) ? 'file' : 'text' }
}

/** One of three texts, for the kind of the value. */
function byKind (
  value: NonNullable<Value>, texts: { file: string, text: string, choices: (choices: readonly string[]) => string }
): string {
  return value.kind === 'choices' ? texts.choices(value.choices) : texts[value.kind]
}

const SCRIPTS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = { bash, zsh, fish }

/** In single quotes for bash and zsh. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The lines of a `case` that finds the command that the words before the cursor name. */
function transitions (places: readonly Place[]): string {
  const named = places.filter(({ path }) => path !== '').map(({ path }) => {
    const parent = path.split(' ').slice(0, -1).join(' ')
    return `      ${quoted(`${parent}/${path.split(' ').at(-1)}`)}) at=${quoted(path)} ;;`
  })
  return named.join('\n')
}

function bash (places: readonly Place[]): string {
  const values = places.flatMap(({ path, options }) => options.flatMap(({ text, value }) => {
    if (value === null) return []
    const reply = byKind(value, {
      file: 'COMPREPLY=($(compgen -f -- "$current"))',
      text: 'COMPREPLY=()',
      choices: choices => `COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$current"))`
    })
    return [`    ${quoted(`${path}/${text}`)}) ${reply}; return ;;`]
  }))
  const words = places.map(({ path, commands, options, argument }) => {
    const plain = [...commands.map(({ text }) => text), ...argument?.kind === 'choices' ? argument.choices : []]
    const files = argument?.kind === 'file' ? ' files=1' : ''
    const names = options.map(({ text }) => text).join(' ')
    return `    ${quoted(path)}) words=${quoted(plain.join(' '))} options=${quoted(names)}${files} ;;`
  })
  return `# Completion of dodo-emulator for bash, made by dodo-emulator completion bash
_dodo_emulator () {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at='' words='' options='' files='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at/\${COMP_WORDS[index]}" in
${transitions(places)}
    esac
  done
  case "$at/$previous" in
${values.join('\n')}
  esac
  case "$at" in
${words.join('\n')}
  esac
  if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [[ -n $files ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi
  fi
}
complete -o filenames -F _dodo_emulator dodo-emulator
`
}

function zsh (places: readonly Place[]): string {
  /** \`name:description\`, as \`_describe\` expects it. */
  const described = (words: readonly Word[]) => words.map(({ text, about }) => quoted(`${text}:${about}`)).join(' ')
  const values = places.flatMap(({ path, options }) => options.flatMap(({ text, value }) => {
    if (value === null) return []
    const action = byKind(value, {
      file: '_files', text: "_message 'a value'", choices: choices => `compadd -- ${choices.map(quoted).join(' ')}`
    })
    return [`    ${quoted(`${path}/${text}`)}) ${action}; return ;;`]
  }))
  const words = places.map(({ path, commands, options, argument }) => {
    const plain = argument?.kind === 'choices' ? argument.choices.map(text => ({ text, about: 'value' })) : []
    const files = argument?.kind === 'file' ? '; [[ $current == -* ]] || _files' : ''
    return `    ${quoted(path)}) names=(${described([...commands, ...plain])}); options=(${described(options)})${files} ;;`
  })
  return `#compdef dodo-emulator
# Completion of dodo-emulator for zsh, made by dodo-emulator completion zsh
_dodo_emulator () {
  local at='' current=\${words[CURRENT]} word
  local -a names options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at/$word" in
${transitions(places)}
    esac
  done
  case "$at/\${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  case "$at" in
${words.join('\n')}
  esac
  if [[ $current == -* ]]; then _describe -o option options
  elif (( $#names )); then _describe command names; fi
}
if [[ \${funcstack[1]} == _dodo_emulator ]]; then _dodo_emulator "$@"; else compdef _dodo_emulator dodo-emulator; fi
`
}

/** In single quotes for fish, which knows backslashes inside of them. */
const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function fish (places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options, argument }) => {
    const line = `complete -c dodo-emulator -n ${fishQuoted(`__dodo_emulator_at ${fishQuoted(path)}`)}`
    const values = argument?.kind === 'choices' ? [`${line} -a ${fishQuoted(argument.choices.join(' '))}`] : []
    return [
      ...commands.map(({ text, about }) => `${line} -a ${text} -d ${fishQuoted(about)}`),
      ...values,
      ...argument?.kind === 'file' ? [`${line} -F`] : [],
      ...options.map(({ text, about, value }) => {
        const takes = value === null
          ? ''
          : byKind(value, { file: ' -r -F', text: ' -x', choices: choices => ` -x -a ${fishQuoted(choices.join(' '))}` })
        return `${line} -l ${text.slice(2)} -d ${fishQuoted(about)}${takes}`
      })
    ]
  })
  const cases = places.filter(({ path }) => path !== '').map(({ path }) => {
    const parent = path.split(' ').slice(0, -1).join(' ')
    return `      case ${fishQuoted(`${parent}/${path.split(' ').at(-1)}`)}\n        set at ${fishQuoted(path)}`
  })
  return `# Completion of dodo-emulator for fish, made by dodo-emulator completion fish
function __dodo_emulator_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at/$word"
${cases.join('\n')}
    end
  end
  test "$at" = "$argv[1]"
end
complete -c dodo-emulator -f
${lines.join('\n')}
`
}
