/** A call of the API as code for curl and for all official clients. Pure. */
import { curlOf } from '../curl.js'
import type { SampleCall } from './call.js'
import { csharpProgram } from './csharp.js'
import { javascriptProgram, phpProgram, pythonProgram, rubyProgram } from './dynamic.js'
import { goProgram } from './go.js'
import { javaProgram, kotlinProgram } from './jvm.js'
import { rustProgram } from './rust.js'
import { spelledJson } from './text.js'

export interface Program {
  id: string
  title: string
  write (call: SampleCall): string
}

export const PROGRAMS: readonly Program[] = [
  { id: 'curl', title: 'curl', write: curlCommand },
  { id: 'javascript', title: 'JavaScript', write: javascriptProgram },
  { id: 'python', title: 'Python', write: pythonProgram },
  { id: 'go', title: 'Go', write: goProgram },
  { id: 'java', title: 'Java', write: javaProgram },
  { id: 'kotlin', title: 'Kotlin', write: kotlinProgram },
  { id: 'csharp', title: 'C#', write: csharpProgram },
  { id: 'php', title: 'PHP', write: phpProgram },
  { id: 'ruby', title: 'Ruby', write: rubyProgram },
  { id: 'rust', title: 'Rust', write: rustProgram }
]

/** A command for a POSIX shell. */
export function curlCommand ({ baseUrl, apiKey, path, body }: SampleCall): string {
  return curlOf({
    method: 'POST',
    url: baseUrl + path,
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: spelledJson(body)
  })
}
