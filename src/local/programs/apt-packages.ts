import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { plainCommand, runCommand } from '../../platform/run-command.ts';
import type { PackageSet } from '../../servers/local-servers.ts';
import { ServersMissingError } from '../local-errors.ts';
import { bytesOfUris, choosePackages, packagesOfSimulation } from './package-sets.ts';

type UnpackRequest = {
  set: PackageSet;
  /** The folder that the packages are unpacked into; it appears whole or not at all. */
  target: string;
  isWhole: (root: string) => Promise<boolean>;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
};

/**
 * Fetches the distribution's packages with apt into a folder of our own: no root, nothing installed, the machine's own
 * package lists untouched. Throws `ServersMissingError` if that fails.
 */
export async function unpackPackages({ set, target, isWhole, log, signal }: UnpackRequest): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  // apt runs in a folder of its own, where a relative path would be wrong.
  const work = await mkdtemp(join(resolve(dirname(target)), `.${basename(target)}-`));
  try {
    const apt = new Apt(work, signal);
    if (!(await apt.isPresent())) throw new ServersMissingError(`No ${set.title} found on the PATH. ${set.advice}`);
    log(`${set.title} is not installed: fetching the distribution's packages into ${target}`);
    await apt.useOwnRelease();
    const names = choosePackages(set, await apt.packageNames(set.prefixes));
    if (names !== null) await apt.download(names, set, log);
    else if (set.fallbackRelease !== null) await downloadFromOtherRelease(apt, set, set.fallbackRelease, log);
    else throw new Error(apt.updateFault ?? `this release has no ${set.prefixes.join(', ')}`);
    const root = await apt.unpackAll();
    if (!(await isWhole(root))) throw new Error('the unpacked program does not run');
    await moveIntoPlace(root, target, isWhole);
    log(`${set.title} is ready`);
  } catch (error) {
    if (error instanceof ServersMissingError || signal?.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new ServersMissingError(
      `No ${set.title} found on the PATH, and its packages could not be fetched (${why}). ${set.advice}`,
      {
        cause: error,
      },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function downloadFromOtherRelease(apt: Apt, set: PackageSet, release: string, log: (line: string) => void) {
  log(`${set.title} is not in this release: taking it from Debian ${release}, with the libraries it needs`);
  await apt.useRelease(release);
  const names = choosePackages(set, await apt.packageNames(set.prefixes));
  if (names === null) throw new Error(apt.updateFault ?? `Debian ${release} has no ${set.prefixes.join(', ')}`);
  await apt.download(names, set, log);
}

/** Another process may have been faster; then our copy is discarded. */
async function moveIntoPlace(root: string, target: string, isWhole: (root: string) => Promise<boolean>): Promise<void> {
  if (await isWhole(target)) return;
  await rm(target, { recursive: true, force: true });
  try {
    await rename(root, target);
  } catch (error) {
    if (!(await isWhole(target))) throw error;
  }
}

/** apt with its lists, cache and locks in a folder of our own. */
class Apt {
  readonly #work: string;
  readonly #signal: AbortSignal | undefined;
  #settings: string[] = [];
  #updateFault: string | null = null;

  constructor(work: string, signal: AbortSignal | undefined) {
    this.#work = work;
    this.#signal = signal;
  }

  /** Why the package lists may be incomplete; null if they are complete. */
  get updateFault(): string | null {
    return this.#updateFault;
  }

  async isPresent(): Promise<boolean> {
    const script = 'command -v apt-get && command -v apt-cache && command -v dpkg';
    return runCommand(plainCommand('sh'), ['-c', script]).then(
      () => true,
      () => false,
    );
  }

  async useOwnRelease(): Promise<void> {
    await this.#prepare([]);
  }

  /** A Debian release that this machine does not use; pretends that nothing is installed, so that all libraries are included. */
  async useRelease(release: string): Promise<void> {
    const mirror = await this.#debianMirror();
    const etc = join(this.#work, 'etc');
    await mkdir(etc, { recursive: true });
    await writeFile(
      join(etc, 'sources.list'),
      `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${release} main\n`,
    );
    await writeFile(join(etc, 'status'), '');
    await this.#prepare([
      `Dir::State::status=${join(etc, 'status')}`,
      `Dir::Etc::sourcelist=${join(etc, 'sources.list')}`,
      'Dir::Etc::sourceparts=/dev/null',
      'Dir::Etc::preferences=/dev/null',
      'Dir::Etc::preferencesparts=/dev/null',
    ]);
  }

  async packageNames(prefixes: readonly string[]): Promise<string[]> {
    const lists = await Promise.all(prefixes.map((prefix) => this.#run('apt-cache', ['pkgnames', prefix])));
    return lists.flatMap((list) => list.split('\n')).filter((name) => name !== '');
  }

  /** Downloads the packages and those of their dependencies that this machine (or the pretended empty one) lacks. */
  async download(names: readonly string[], { needless }: PackageSet, log: (line: string) => void): Promise<void> {
    const simulation = await this.#run('apt-get', ['--simulate', '--no-install-recommends', 'install', ...names]);
    const all = new Set([...packagesOfSimulation(simulation, needless), ...names]);
    const megabytes = bytesOfUris(await this.#run('apt-get', ['download', '--print-uris', ...all])) / 1e6;
    log(`downloading ${all.size} packages, ${megabytes.toFixed(0)} MB: ${names.join(', ')} and their dependencies`);
    const folder = join(this.#work, 'packages');
    await mkdir(folder, { recursive: true });
    await this.#run('apt-get', ['download', ...all], folder);
  }

  async unpackAll(): Promise<string> {
    const folder = join(this.#work, 'packages');
    const root = join(this.#work, 'root');
    for (const name of await readdir(folder)) {
      if (name.endsWith('.deb'))
        await runCommand(plainCommand('dpkg'), ['-x', join(folder, name), root], { signal: this.#signal });
    }
    return root;
  }

  async #prepare(settings: string[]): Promise<void> {
    const lists = join(this.#work, 'lists');
    const cache = join(this.#work, 'cache');
    await rm(lists, { recursive: true, force: true });
    await mkdir(join(lists, 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    this.#settings = [
      `Dir::State::Lists=${lists}`,
      `Dir::Cache=${cache}`,
      'Debug::NoLocking=1',
      'APT::Sandbox::User=',
      'Acquire::Retries=3',
      ...settings,
    ];
    // One of a machine's many package sources may be unreachable, and may not be needed either.
    this.#updateFault = await this.#run('apt-get', ['update']).then(
      () => null,
      (error: unknown) => {
        this.#signal?.throwIfAborted();
        return error instanceof Error ? error.message : String(error);
      },
    );
  }

  async #debianMirror(): Promise<string> {
    const targets = await this.#run('apt-get', ['indextargets', '--format', '$(REPO_URI)']).catch(() => '');
    const own = targets.split('\n').find((uri) => /\/debian\/?$/.test(uri));
    if (own === undefined) throw new Error('this machine knows no Debian mirror');
    return own;
  }

  #run(program: string, args: string[], cwd = this.#work): Promise<string> {
    const options = this.#settings.flatMap((setting) => ['-o', setting]);
    return runCommand(plainCommand(program), [...options, ...args], { cwd, signal: this.#signal });
  }
}
