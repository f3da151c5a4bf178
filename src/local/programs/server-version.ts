import type { ServerProgram } from '../../servers/local-servers.ts';

/** Whether a version supports the statements and settings in use. */
export function isSupported({ oldest }: Pick<ServerProgram, 'oldest'>, version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
