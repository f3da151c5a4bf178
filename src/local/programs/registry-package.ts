/** Server programs from the npm registry, for platforms whose distribution has none. */
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { plainCommand, runCommand } from '../../platform/run-command.ts';
import type { RegistryPackages } from '../../servers/local-servers.ts';

export type FetchRequest = {
  readonly title: string;
  readonly registry: RegistryPackages;
  /** As Node names it, such as `linux-x64`. */
  readonly platform: string;
  /** The folder that the package is put into; it appears whole or not at all. */
  readonly target: string;
  readonly isWhole: (root: string) => Promise<boolean>;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
};

const linksSchema = z.array(z.object({ source: z.string().min(1), target: z.string().min(1) }));

/** With npm itself, so that its registry, proxy and cache are those of the user. Runs no script of the package. */
export async function fetchRegistryPackage(request: FetchRequest): Promise<void> {
  const { title, registry, platform, target, isWhole, log, signal } = request;
  const chosen = registry.platforms[platform];
  if (chosen === undefined) throw new Error(`it has none for ${platform}`);
  const { name, integrity } = chosen;
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(resolve(dirname(target)), `.${basename(target)}-`));
  try {
    log(`${title} is not installed: fetching ${name} ${registry.version} from the npm registry into ${target}`);
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
    const args = ['install', '--prefix', work, ...quiet, `${name}@${registry.version}`];
    await runCommand(plainCommand('npm'), args, { cwd: work, signal });
    const lock = await readFile(join(work, 'node_modules', '.package-lock.json'), 'utf8');
    if (!lock.includes(`"integrity": "${integrity}"`)) throw new Error(`${name} is not the package that is expected`);
    const root = join(work, 'node_modules', name);
    await makeLinks(root, linksSchema.parse(JSON.parse(await readFile(join(root, registry.links), 'utf8'))));
    if (!(await isWhole(root))) throw new Error('its program does not run here');
    // Another process may have been faster, or an older one is replaced.
    await rm(target, { recursive: true, force: true });
    await rename(root, target);
    log(`${title} is ready`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Packages cannot contain links, so this one brings a list of those that its libraries need. */
export async function makeLinks(root: string, links: z.infer<typeof linksSchema>): Promise<void> {
  for (const { source, target } of links) {
    const [from, to] = [resolve(root, source), resolve(root, target)];
    for (const path of [from, to]) {
      if (!path.startsWith(resolve(root) + sep)) throw new Error(`a link leads out of the package: ${path}`);
    }
    await rm(to, { force: true });
    await symlink(relative(dirname(to), from), to);
  }
}
