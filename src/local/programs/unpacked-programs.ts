/** Programs in packages that were unpacked, but not installed. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../../platform/run-command.ts';
import type { ServerProgram } from '../../servers/local-servers.ts';
import { programsIn } from './installed-programs.ts';

type Wanted = Pick<ServerProgram, 'program' | 'folders'>;

/** The program, started so that it finds the libraries unpacked with it. */
export async function unpackedCommand({ program, folders = [] }: Wanted, root: string): Promise<Command | null> {
  const [path] = await programsIn(root, ['usr/sbin', 'usr/bin', ...folders], program);
  if (path === undefined) return null;
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
