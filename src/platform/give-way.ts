/**
 * Leaves the processor to whoever wants it: nobody waits for background work; somebody waits for what the API and the servers
 * on this machine do.
 *
 * On Linux a priority is that of a thread: those that are not begun yet take the one of the thread that begins them. Where
 * the kernel groups by session (autogroup), it counts among the threads of one session only, and what counts among sessions is
 * theirs. A process that leads its session lowers that, too: one that a service manager starts itself, and not through npm,
 * leads. The session of a terminal is left as it is.
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
      // It has ended meanwhile.
    }
  }
  try {
    if (leadsSession(await readFile('/proc/self/stat', 'utf8')))
      await writeFile('/proc/self/autogroup', String(priority));
  } catch {
    // No Linux, or a kernel that does not group by session.
  }
}

/** `stat` is that of the process: `pid (name) state parent group session …`; the name may hold anything. */
export function leadsSession(stat: string): boolean {
  const [pid] = stat.split(' ', 1);
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return session === pid;
}
