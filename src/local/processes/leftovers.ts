import type { Clock } from '../../platform/clock.ts';
import { endServerProcess, findServerProcesses } from './server-processes.ts';

/** Stops servers that outlived the process that started them: they hold our data and ports. */
export async function endLeftovers(directory: string, clock: Clock, log: (line: string) => void): Promise<void> {
  const leftovers = await findServerProcesses(directory);
  if (leftovers.length === 0) return;
  log(`stopping ${leftovers.length} servers left over from an earlier run`);
  await Promise.all(leftovers.map((server) => endServerProcess(server, clock)));
}
