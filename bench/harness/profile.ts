import type { Profiler } from 'node:inspector'
import { findSourceMap } from 'node:module'

/** Where a profile saw the process busy: first by package, then the functions by themselves, each with its part in percent. */
export function topOf({ nodes, samples = [] }: Profiler.Profile, lines = 20): string[] {
  const seen = new Map<number, number>()
  for (const id of samples) seen.set(id, (seen.get(id) ?? 0) + 1)
  const busy = nodes.filter(node => !/^\((idle|root)\)$/.test(node.callFrame.functionName))
  const all = busy.reduce((sum, node) => sum + (seen.get(node.id) ?? 0), 0)
  const by = (nameOf: (frame: Profiler.ProfileNode['callFrame']) => string, most: number) => {
    const parts = new Map<string, number>()
    for (const { id, callFrame } of busy)
      parts.set(nameOf(callFrame), (parts.get(nameOf(callFrame)) ?? 0) + (seen.get(id) ?? 0))
    const sorted = [...parts].sort((a, b) => b[1] - a[1]).slice(0, most)
    return sorted.map(([name, n]) => `${((100 * n) / all).toFixed(1).padStart(5)}% ${name}`)
  }
  return [by(packageOf, 12).join(','), ...by(functionOf, lines)]
}

function packageOf({ url, functionName }: Profiler.ProfileNode['callFrame']): string {
  if (!url) return functionName === '(garbage collector)' ? 'garbage' : 'native'
  if (url.startsWith('node:')) return 'node'
  return /.*node_modules\/((?:@[^/]+\/)?[^/.]+)/.exec(url)?.[1] ?? 'ours'
}

function functionOf(frame: Profiler.ProfileNode['callFrame']): string {
  const { functionName, url, lineNumber, columnNumber } = frame
  const entry = url && findSourceMap(url.replace('file://', ''))?.findEntry(lineNumber, columnNumber)
  const [file, line] =
    entry && 'originalSource' in entry ? [entry.originalSource, entry.originalLine] : [url, lineNumber]
  const of = packageOf(frame)
  const place = file.replace(/^.*\/(?=src\/|bench\/)/, '').replace(/^.*node_modules\/(@[^/]+\/)?[^/]+\//, '')
  return `${functionName || '(anonymous)'} ${place ? `${of === 'ours' || of === 'node' ? '' : `${of}/`}${place}:${line + 1}` : ''}`
}
