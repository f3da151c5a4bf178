import { access, chmod, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findServer } from '../../src/local/programs/server-binaries.ts';
import { binariesDirectory } from './test-cluster.ts';

/**
 * A folder with the command line clients `mariadb` and `mysql`, for scripts that find them on the PATH of a container.
 * MySQL's own is in no package that servers need, so MariaDB's stands for both. The caller removes the folder.
 */
export async function makeClientFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-clients-')));
  const { unpackedUsr, command } = await findServer('mariadb', { directory: binariesDirectory, log: () => {} });
  const client = unpackedUsr === null ? await onPath('mariadb') : join(unpackedUsr, 'bin', 'mariadb');
  const libraries = command.variables.LD_LIBRARY_PATH;
  const plugins = (libraries ?? '').split(':').map((library) => join(library, 'libmariadb3', 'plugin'));
  const pluginFolder = await firstThere(plugins);
  for (const name of ['mariadb', 'mysql']) {
    const script = [
      '#!/bin/sh',
      ...(libraries ? [`export LD_LIBRARY_PATH='${libraries}'`] : []),
      // Where to look for the ways to log in may only be said after the first option.
      `first=$1; shift; exec '${client}' "$first" ${pluginFolder ? `--plugin-dir='${pluginFolder}'` : ''} --ssl "$@"`,
    ];
    await writeFile(join(folder, name), `${script.join('\n')}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

async function onPath(program: string): Promise<string> {
  const found = await firstThere((process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program)));
  if (found === null) throw new Error(`There is no ${program} on the PATH`);
  return found;
}

async function firstThere(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}
