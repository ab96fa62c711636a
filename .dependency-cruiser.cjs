// Which way imports may run. `contract` imports nothing of ours; `components`, `policy-pack`, `runtime` and
// `local` import `contract` and not each other; `stacks` imports `components`, `contract` and, for the
// Lambda handler that it bundles, `runtime`; only `tests` sees all.
const rooms = ['components', 'contract', 'local', 'policy-pack', 'runtime', 'stacks', 'tests'];
const may = {
  contract: [],
  components: ['contract'],
  'policy-pack': ['contract'],
  runtime: ['contract'],
  local: ['contract'],
  stacks: ['components', 'contract', 'runtime'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(may).map(([room, allowed]) => ({
      name: `${room}-imports-only-${['itself', ...allowed].join('-')}`,
      severity: 'error',
      from: { path: `^${room}/` },
      to: { path: `^(${rooms.filter((other) => other !== room && !allowed.includes(other)).join('|')})/` },
    })),
    {
      name: 'contract-is-pure',
      comment: 'contract holds decisions about plain values: no Pulumi, no AWS SDK, no I/O',
      severity: 'error',
      from: { path: '^contract/' },
      to: {
        path: '(@pulumi/|@aws-sdk/|^fs$|^http|^net$|^child_process$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-cycles-between-folders',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Subpaths such as tsx/cjs are found through the `exports` of their package.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
    },
  },
};
