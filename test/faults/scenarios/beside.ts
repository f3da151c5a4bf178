// What stands beside the replicated servers: the backup, Redis, the API itself.
import { all, failedReads, failedWrites, longestRead, told } from '../checks.ts';
import { fillDisk } from '../full-disk.ts';
import type { Scenario } from '../scenario.ts';
import { hang } from './faults.ts';

/** An entry of the outbox that waits for longer makes the mirror count as behind. */
const behindAfterMs = 5000;
/** What fits into half empty pages is still written to a full disk, for some seconds. */
const fullForMs = behindAfterMs + 15_000;

export const besideScenarios: readonly Scenario[] = [
  {
    name: 'backup-hung',
    title: 'SIGSTOP of the backup',
    why: 'nothing waits for the backup: its missing changes stay in the outbox',
    ground: 'shared',
    lastsMs: 3000,
    ...hang('backup'),
    findings: all(failedReads, failedWrites, longestRead),
  },
  backupDiskFull(),
  {
    name: 'redis-killed',
    title: 'kill -9 of Redis',
    why: 'each process continues with its own probes',
    ground: 'shared',
    lastsMs: 3000,
    begin: ({ redis }) => redis.kill(),
    end: ({ redis }) => redis.restart(),
    findings: all(failedReads, failedWrites, longestRead),
  },
  {
    name: 'api-killed',
    title: 'kill -9 of an API process in the middle of writes',
    why: 'clients retry with the same idempotency key at the other process',
    ground: 'shared',
    lastsMs: 1500,
    begin: async (stage, work) => {
      await work.write(1);
      await stage.killApi(1);
    },
    end: (stage) => stage.startApi(1),
    findings: all(failedReads),
  },
];

function backupDiskFull(): Scenario {
  let makeRoom = async (): Promise<void> => undefined;
  return {
    name: 'backup-disk-full',
    title: 'the backup’s disk temporarily full',
    why: 'nothing waits for the backup: its missing changes stay in the outbox',
    ground: 'shared',
    lastsMs: fullForMs,
    begin: async ({ cluster }) => {
      makeRoom = await fillDisk(cluster, 'backup');
    },
    end: () => makeRoom(),
    findings: all(
      failedReads,
      failedWrites,
      told('MIRROR_BEHIND', 'backup', 'doneMs', fullForMs),
      told('MIRROR_CAUGHT_UP', 'backup', 'mendingMs', 15_000),
    ),
  };
}
