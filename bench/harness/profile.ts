import type { Profiler } from 'node:inspector'

/** The functions that a profile saw most, each with its part of the busy time by itself, in percent. */
export function topOf({ nodes, samples = [] }: Profiler.Profile, lines = 25): string[] {
  const named = new Map(nodes.map(node => [node.id, nameOf(node.callFrame)]))
  const seen = new Map<string, number>()
  for (const id of samples) {
    const name = named.get(id) ?? ''
    if (name.startsWith('(idle)')) continue
    seen.set(name, (seen.get(name) ?? 0) + 1)
  }
  const all = [...seen.values()].reduce((a, b) => a + b, 0)
  return [...seen]
    .sort((a, b) => b[1] - a[1])
    .slice(0, lines)
    .map(([name, n]) => `${((100 * n) / all).toFixed(1).padStart(5)}% ${name}`)
}

function nameOf({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  const place = url.replace(/^.*\/(?=node_modules\/|src\/|bench\/)/, '')
  return place ? `${functionName || '(anonymous)'} ${place}:${lineNumber + 1}` : functionName
}
