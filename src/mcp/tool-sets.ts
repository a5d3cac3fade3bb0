/** The names of the sets of tools. A separate file, because the command line needs no tools. */

export const TOOL_SETS = ['all', 'core', 'readonly'] as const

export type ToolSet = typeof TOOL_SETS[number]
