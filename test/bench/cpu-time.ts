import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** What Linux counts in, on every machine that Node runs on. */
const ticksPerSecond = 100;

/** Processor time that a process has used, in seconds, all threads together. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  if (stat === null) return secondsOf((await run('ps', ['-o', 'time=', '-p', String(pid)])).stdout);
  // Behind the name, which may hold anything: state is the first field, user and system time the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** `[hours:]minutes:seconds`, as `ps` prints it. */
function secondsOf(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
