/**
 * The rooms of the hub and the arrows between them (docs/architecture.md).
 * A room may import any room further down the list, never one above it or beside it; contracts and capabilities may.
 * That no folder goes in a circle with another, types included, launcher/checks/folder-circles.ts holds.
 */
const layers = [
  ['api', 'gallery'],
  ['runs'],
  ['blocks'],
  ['leads'],
  ['gateway', 'web'],
  ['accounts', 'reporting', 'connectors'],
  ['access', 'compliance'],
  ['events', 'queue'],
  ['shaping'],
  ['db', 'egress'],
  ['contracts', 'capabilities', 'fence', 'watchdog'],
]

const upward = layers.flatMap((rooms, depth) =>
  rooms
    .map((room) => ({
      name: `${room}-imports-downward-only`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: layers
          .slice(0, depth)
          .flat()
          .concat(rooms.filter((other) => other !== room && depth < layers.length - 1))
          .map((above) => `^src/${above}/`),
      },
    }))
    .filter((rule) => rule.to.path.length > 0),
)

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      comment: 'Types of files in one folder may refer to each other; code that runs may not.',
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-main-knows-the-sandbox',
      severity: 'error',
      from: { pathNot: ['^src/main\\.ts$', '^src/sandbox/', '\\.test\\.ts$', '/testing/'] },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: {},
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'config-is-read-once',
      comment: 'Rooms are given their settings; only the composition root reads them.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: ['\\.test\\.ts$', '/testing/'] },
      to: { path: '^src/config\\.ts$' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
  },
}
