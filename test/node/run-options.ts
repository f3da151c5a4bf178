// The arguments of `npm run test:node`. Everything after the version is passed to vitest.

/** The release lines of Node that are supported, as in `engines` of package.json. */
export const nodeVersions = ['20', '22', '24', '26'] as const;
export type NodeVersion = (typeof nodeVersions)[number];

const listed = `${nodeVersions.slice(0, -1).join(', ')} or ${nodeVersions.at(-1)}`;

export const help = `npm run test:node -- <version> [files and options of vitest]

Runs the tests on another Node: ${listed}, the newest of that line in the npm registry. It is fetched into
.tidemark/node the first time; delete that folder for a newer one. Nothing is installed.

Without --project the unit tests and those with servers run. Examples:

  npm run test:node -- 24
  npm run test:node -- 24 test/unit/routing/router.test.ts
  npm run test:node -- 26 --project unit
  npm run test:node -- --help
`;

export type RunOptions = { readonly version: NodeVersion; readonly vitest: readonly string[] };

export class WrongOptionError extends Error {}

const defaultProjects = ['--project', 'unit', '--project', 'servers'];

/** `null` asks for help. Throws `WrongOptionError`. */
export function readOptions([given, ...rest]: readonly string[]): RunOptions | null {
  if (given === '--help' || given === '-h') return null;
  if (given === undefined) throw new WrongOptionError(`Which Node? Name ${listed}`);
  const version = nodeVersions.find((known) => known === given);
  if (version === undefined)
    throw new WrongOptionError(`${given} is not one of the versions that are tested: ${listed}`);
  const namesProject = rest.some((word) => word === '--project' || word.startsWith('--project='));
  return { version, vitest: namesProject ? rest : [...defaultProjects, ...rest] };
}
