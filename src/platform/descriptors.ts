import { readFileSync } from 'node:fs';

/** How many files and sockets this process may have open at once (`ulimit -n`); `null` where nobody says. */
export function descriptorLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
