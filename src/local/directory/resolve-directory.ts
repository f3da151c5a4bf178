import { mkdir, realpath } from 'node:fs/promises';

/** The directory's one true name, made when missing: servers are recognised by it on their command lines. */
export async function resolveDirectory(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  return realpath(directory);
}
