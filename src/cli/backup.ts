// `npm run backup`: maintains the backup database.
import { migrate } from '../database/migrations/migrate.ts';
import { latestEpoch } from '../database/mirror/checkpoints.ts';
import { lastAppliedAt, parkedRecords } from '../database/mirror/mirror-facts.ts';
import { MirrorFaultError } from '../database/mirror/mirror-fault.ts';
import { ourMigrations } from '../database/orders/our-migrations.ts';
import { progressInWords } from '../mirror/progress.ts';
import { RecordApplier } from '../mirror/record-applier.ts';
import { repair } from '../mirror/repair.ts';
import { restore } from '../mirror/restore.ts';
import { verify } from '../mirror/verify.ts';
import { mirroredOrders } from '../orders/mirrored-orders.ts';
import { Outbox } from '../outbox/outbox.ts';
import { systemClock } from '../platform/clock.ts';
import { type BackupOptions, backupUsage, readBackupOptions } from './backup-options.ts';
import { BackupSides } from './backup-sides.ts';
import { exitCodeOf, repairText, verifyText } from './backup-text.ts';
import { clusterConfig } from './cluster-config.ts';
import { entry, print } from './entry.ts';
import { sourceUrl } from './source-url.ts';

const timeoutMs = 60_000;
const lateMs = 5000;
const shownParked = 20;
const cannotTell = 2;

type BackupRequest = BackupOptions & { readonly command: Exclude<BackupOptions['command'], 'help'> };
type Answer = { readonly facts: object; readonly text: readonly string[]; readonly exitCode: number };

async function run(options: BackupOptions): Promise<number> {
  const { command } = options;
  if (command === 'help') return print(backupUsage);
  const config = await clusterConfig();
  const sides = new BackupSides(config);
  try {
    const { facts, text, exitCode } = await answer({ ...options, command }, sides);
    process.stdout.write(options.json ? `${JSON.stringify(facts)}\n` : `${text.join('\n')}\n`);
    return exitCode;
  } finally {
    await sides.close();
  }
}

async function answer(options: BackupRequest, sides: BackupSides): Promise<Answer> {
  switch (options.command) {
    case 'status':
      return status(sides);
    case 'verify':
    case 'repair':
      return compare(options, sides);
    case 'replay-parked':
      return replayParked(sides);
    case 'restore':
      return rebuild(options, sides);
    default:
      return options.command satisfies never;
  }
}

async function status(sides: BackupSides): Promise<Answer> {
  const source = await sides.source();
  const backup = sides.backup();
  const depth = await new Outbox(source.onSource(timeoutMs)).depth();
  const parked = await source.use(timeoutMs, (connection) => parkedRecords(connection, shownParked));
  const seen = await backup
    .use(3000, async (connection) => ({
      reachable: true,
      trouble: null,
      epoch: await latestEpoch(connection),
      lastAppliedAt: await lastAppliedAt(connection),
    }))
    .catch((error: unknown) => {
      if (!(error instanceof MirrorFaultError)) throw error;
      return { reachable: false, trouble: error.message, epoch: null, lastAppliedAt: null };
    });
  const late = (depth.oldestAgeMs ?? 0) > lateMs || depth.parked > 0;
  const waiting = depth.oldestAgeMs === null ? 'nothing' : `${depth.waiting}, the oldest for ${depth.oldestAgeMs} ms`;
  return {
    facts: { source: source.name, backup: seen, outbox: depth, parked },
    text: [
      `source   ${source.name}`,
      `backup   ${seen.reachable ? `last applied ${seen.lastAppliedAt ?? 'nothing lately'}` : seen.trouble}`,
      `waiting  ${waiting}`,
      `parked   ${depth.parked}`,
      ...parked.map(({ model, recordKey, reason }) => `         ${model} ${recordKey}: ${reason ?? 'no reason given'}`),
    ],
    exitCode: !seen.reachable ? cannotTell : late ? 1 : 0,
  };
}

async function compare({ command, json, patienceMs }: BackupOptions, sides: BackupSides): Promise<Answer> {
  const [source, backup] = [await sides.source(), sides.backup()];
  const applier = new RecordApplier({ models: mirroredOrders, backup, timeoutMs });
  const shapes = await Promise.all(mirroredOrders.map(({ model }) => applier.shape(source, model)));
  const epoch = await applier.epoch(source);
  const progress = json ? () => undefined : progressLines();
  const comparing = { source, backup, shapes, epoch, clock: systemClock, timeoutMs, patienceMs, progress };
  if (command === 'repair') {
    const report = await repair({ ...comparing, applier });
    return { facts: report, text: repairText(report), exitCode: exitCodeOf(report.left) };
  }
  const report = await verify(comparing);
  return { facts: report, text: verifyText(report), exitCode: exitCodeOf(report) };
}

async function replayParked(sides: BackupSides): Promise<Answer> {
  const source = await sides.source();
  const replayed = await new Outbox(source.onSource(timeoutMs)).replayParked();
  return {
    facts: { replayed },
    text: [`${replayed} parked ${replayed === 1 ? 'record' : 'records'} will be retried.`],
    exitCode: 0,
  };
}

async function rebuild({ into, yes, json }: BackupOptions, sides: BackupSides): Promise<Answer> {
  const url = await sourceUrl(into ?? undefined, '--into');
  const target = sides.at(url);
  await migrate({ url, directory: ourMigrations('orders'), log: () => undefined });
  const progress = json ? () => undefined : progressLines();
  const options = { models: mirroredOrders, backup: sides.backup(), target, overwrite: yes, timeoutMs, progress };
  const report = await restore(options);
  const text = [`Restored ${report.records} records into ${target.name}; ${report.copied} had to be copied.`];
  return { facts: { into: target.name, ...report }, text, exitCode: 0 };
}

/** At most one line a second, to standard error, which does not mix with the result. */
function progressLines(): (done: number, of: number) => void {
  const beganMs = systemClock.monotonic();
  let saidMs = beganMs;
  return (done, of) => {
    const nowMs = systemClock.monotonic();
    if (nowMs - saidMs < 1000) return;
    saidMs = nowMs;
    process.stderr.write(`${progressInWords(done, of, nowMs - beganMs)}\n`);
  };
}

await entry(readBackupOptions, run, () => cannotTell);
