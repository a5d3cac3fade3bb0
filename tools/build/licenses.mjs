// The licences of the packages whose code is part of the bundled program. They require that their text is included.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The text of dist/LICENSES.txt. `paths` are the files in the bundle, relative to `root`. */
export async function licensesOf (paths, root) {
  const folders = new Set(paths.map(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(folder => folder !== undefined))
  const parts = await Promise.all([...folders].sort().map(folder => licenseOf(join(root, folder))))
  return ['The program contains code of these packages, under their own licences.', ...parts].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n'
}

async function licenseOf (folder) {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const title = `${name} ${version}, ${license}, https://www.npmjs.com/package/${name}`
  const file = (await readdir(folder)).find(entry => /^licen[cs]e(?:\.\w+)?$/i.test(entry))
  if (file !== undefined) return `${title}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`
  if (license === undefined) throw new Error(`${name} is bundled, but states no licence`)
  return `${title}\nCopyright ${author?.name ?? author ?? `the authors of ${name}`}`
}
