/**
 * Lowers the priority of a process of background jobs, in favour of the API and the servers on this machine, whose clients are waiting.
 *
 * On Linux a priority belongs to a thread, and new threads inherit that of their creator. If the kernel groups by session (autogroup),
 * it counts only among the threads of one session, and sessions have a priority of their own. A process that leads its session
 * lowers that, too: one started directly by a service manager, not through npm, does. The session of a terminal is left alone.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';

const priority = constants.priority.PRIORITY_BELOW_NORMAL;

export async function giveWay(): Promise<void> {
  const threads = await readdir('/proc/self/task').catch(() => ['0']);
  for (const thread of threads) {
    try {
      setPriority(Number(thread), priority);
    } catch {
      // The thread has ended meanwhile.
    }
  }
  try {
    if (leadsSession(await readFile('/proc/self/stat', 'utf8')))
      await writeFile('/proc/self/autogroup', String(priority));
  } catch {
    // Not Linux, or a kernel without autogroup.
  }
}

/** `stat` is that of the process: `pid (name) state parent group session …`; the name may contain anything. */
export function leadsSession(stat: string): boolean {
  const [pid] = stat.split(' ', 1);
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return session === pid;
}
