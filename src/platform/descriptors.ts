import { readFileSync } from 'node:fs';

/** Maximum number of open files and sockets of this process (`ulimit -n`); `null` if unknown. */
export function descriptorLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
