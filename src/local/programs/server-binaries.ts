import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { firstExisting } from '../../platform/existing-path.ts';
import { type Command, plainCommand, runCommand } from '../../platform/run-command.ts';
import { ServersMissingError } from '../local-errors.ts';
import type { ServerKind } from '../server-flavour.ts';
import { unpackPackages } from './apt-packages.ts';
import { programOf } from './known-programs.ts';
import { isSupported } from './server-version.ts';

/** A server program that can be started, whatever its origin. */
export type ServerBinary = {
  readonly kind: ServerKind;
  readonly version: string;
  readonly command: Command;
  /** The `usr` folder of unpacked packages; null for a program installed on this machine, which knows its own paths. */
  readonly unpackedUsr: string | null;
};

export type FindOptions = { directory: string; log: (line: string) => void; signal?: AbortSignal | undefined };

/** Folders of servers that are often not in a user's PATH. */
const furtherFolders =
  '/usr/sbin:/usr/libexec:/usr/local/sbin:/usr/local/mysql/bin:/opt/homebrew/bin:/opt/homebrew/opt/mysql/bin:/opt/homebrew/opt/mariadb/bin';

/** Finds the server: on the PATH, otherwise unpacked earlier, otherwise in the distribution's packages. */
export async function findServer(kind: ServerKind, options: FindOptions): Promise<ServerBinary> {
  return (await findOnPath(kind, options.log)) ?? findUnpackedServer(kind, options);
}

/** Ignores the PATH. */
export async function findUnpackedServer(kind: ServerKind, options: FindOptions): Promise<ServerBinary> {
  return (await findUnpacked(kind, options.directory)) ?? unpack(kind, options);
}

async function findOnPath(kind: ServerKind, log: (line: string) => void): Promise<ServerBinary | null> {
  const path = await locate(programOf(kind).program);
  if (path === null) return null;
  const version = await readVersion(kind, plainCommand(path));
  if (version === null) return null;
  if (!isSupported(programOf(kind), version)) {
    log(`${path} is version ${version}, too old: looking for a newer one`);
    return null;
  }
  return { kind, version, command: plainCommand(path), unpackedUsr: null };
}

async function locate(program: string): Promise<string | null> {
  const script = `PATH="$PATH:${furtherFolders}" command -v "$1"`;
  const found = await runCommand(plainCommand('sh'), ['-c', script, 'sh', program]).catch(() => '');
  return found.trim() === '' ? null : found.trim();
}

/** The version; null if the program does not run or is of another kind. */
async function readVersion(kind: ServerKind, command: Command): Promise<string | null> {
  const { versionArguments, versionIn } = programOf(kind);
  return versionIn(await runCommand(command, versionArguments).catch(() => ''));
}

async function findUnpacked(kind: ServerKind, directory: string): Promise<ServerBinary | null> {
  const root = join(directory, kind);
  const command = await unpackedCommand(kind, root);
  if (command === null) return null;
  const version = await readVersion(kind, command);
  return version === null || !isSupported(programOf(kind), version)
    ? null
    : { kind, version, command, unpackedUsr: join(root, 'usr') };
}

async function unpack(kind: ServerKind, options: FindOptions): Promise<ServerBinary> {
  const set = programOf(kind).packages;
  const isWhole = async (root: string) => {
    const command = await unpackedCommand(kind, root);
    const version = command && (await readVersion(kind, command));
    if (version && !isSupported(programOf(kind), version))
      throw new Error(`they are of version ${version}, which is too old`);
    return Boolean(version);
  };
  await unpackPackages({ ...options, set, target: join(options.directory, kind), isWhole });
  const found = await findUnpacked(kind, options.directory);
  if (found === null)
    throw new ServersMissingError(`The packages for ${set.title} hold no program that runs here. ${set.advice}`);
  return found;
}

/** The program, started so that it finds the libraries unpacked with it. */
async function unpackedCommand(kind: ServerKind, root: string): Promise<Command | null> {
  const path = await firstExisting(
    ['usr/sbin', 'usr/bin'].map((folder) => join(root, folder, programOf(kind).program)),
  );
  if (path === null) return null;
  const libraries = await libraryFolders(root);
  const loader = await findLoader(root);
  if (loader === null) return { path, args: [], variables: { LD_LIBRARY_PATH: libraries.join(':') } };
  return { path: loader, args: ['--library-path', libraries.join(':'), path], variables: {} };
}

async function libraryFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const parent of ['usr/lib', 'lib']) {
    const names = await readdir(join(root, parent)).catch(() => []);
    const triplets = names.filter((name) => name.includes('-linux-gnu'));
    folders.push(...[...triplets, '.'].map((name) => join(root, parent, name)));
  }
  return folders;
}

/** Packages of a newer release contain their own C library, which only its own loader can load. */
async function findLoader(root: string): Promise<string | null> {
  for (const folder of [
    'usr/lib64',
    'lib64',
    ...(await libraryFolders(root)).map((path) => path.slice(root.length + 1)),
  ]) {
    const names = await readdir(join(root, folder)).catch(() => []);
    const loader = names.find((name) => /^ld-linux-.*\.so\.\d+$/.test(name));
    if (loader !== undefined) return join(root, folder, loader);
  }
  return null;
}
