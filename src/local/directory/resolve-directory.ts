import { mkdir, realpath } from 'node:fs/promises';

/** The directory's canonical path, created if missing: servers are recognised by it on their command lines. */
export async function resolveDirectory(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  return realpath(directory);
}
