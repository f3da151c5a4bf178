import { describe, expect, it } from 'vitest';
import { judgeStandbys } from '../../../src/servers/postgresql/local/acknowledgement.ts';
import { branchIn, isOnlyUpkeep } from '../../../src/servers/postgresql/local/beyond-branch.ts';
import { fileOf, needsCopy } from '../../../src/servers/postgresql/local/wal-place.ts';
import { parseLsn } from '../../../src/servers/postgresql/lsn.ts';

describe('commits wait for a standby', () => {
  const now = 10_000;
  const there = { waits: true, silentMs: 300, caughtUp: true };
  const gone = { waits: true, silentMs: null, caughtUp: false };

  it.each([
    { what: 'while one is there', seen: there, since: null, alone: null, change: null },
    { what: 'when one is back in time', seen: there, since: now - 1900, alone: null, change: null },
    {
      what: 'for two seconds after the last one has gone',
      seen: gone,
      since: now - 1999,
      alone: now - 1999,
      change: null,
    },
    { what: 'no longer than two seconds', seen: gone, since: now - 2000, alone: now - 2000, change: 'LIFT' },
    {
      what: 'as long as the silence of the last one is short',
      seen: { ...there, silentMs: 1999 },
      since: null,
      alone: null,
      change: null,
    },
    {
      what: 'no longer than two seconds of silence',
      seen: { ...there, silentMs: 2000 },
      since: null,
      alone: now - 2000,
      change: 'LIFT',
    },
    {
      what: 'no shorter after a longer silence',
      seen: { ...there, silentMs: 9000 },
      since: null,
      alone: now - 2000,
      change: 'LIFT',
    },
    { what: 'from when the first look finds none', seen: gone, since: null, alone: now, change: null },
    { what: 'not while none is there', seen: { ...gone, waits: false }, since: 0, alone: 0, change: null },
    {
      what: 'again once one has caught up',
      seen: { ...there, waits: false },
      since: 0,
      alone: null,
      change: 'RESTORE',
    },
    {
      what: 'not yet while one catches up',
      seen: { ...there, waits: false, caughtUp: false },
      since: 0,
      alone: null,
      change: null,
    },
  ])('$what', ({ seen, since, alone, change }) => {
    expect(judgeStandbys(seen, since, now)).toEqual({ aloneSinceMs: alone, change });
  });
});

describe('a place in the log', () => {
  const mib = 1_048_576n;

  it.each([
    { lsn: '0/17A15A8', segment: 16n * mib, place: 0x17a15a8n, file: '0000000000000001' },
    { lsn: '0/01781F18', segment: 16n * mib, place: 0x1781f18n, file: '0000000000000001' },
    { lsn: '2/FF000000', segment: 16n * mib, place: 0x2ff000000n, file: '00000002000000FF' },
    { lsn: 'A/40000000', segment: 1024n * mib, place: 0xa40000000n, file: '0000000A00000001' },
    { lsn: '1/0', segment: mib, place: 0x100000000n, file: '0000000100000000' },
  ])('$lsn is in the file $file', ({ lsn, segment, place, file }) => {
    expect(parseLsn(lsn)).toBe(place);
    expect(fileOf(place, segment)).toBe(file);
  });
});

describe('a standby needs a new copy', () => {
  const own = { system: '7', lsn: '0/3000060', segmentBytes: 16n * 1_048_576n };

  it.each([
    { what: 'not while its file is there', kept: { system: '7', oldestFile: '0000000000000003' }, copy: false },
    { what: 'not while there are older ones', kept: { system: '7', oldestFile: '0000000000000001' }, copy: false },
    { what: 'when its file is gone', kept: { system: '7', oldestFile: '0000000000000004' }, copy: true },
    { what: 'when its data is of another cluster', kept: { system: '8', oldestFile: '0000000000000001' }, copy: true },
  ])('$what', ({ kept, copy }) => {
    expect(needsCopy(own, kept)).toBe(copy);
  });
});

describe('a former primary', () => {
  const history = '1\t0/17A1500\tno recovery target specified\n\n2\t0/30007C8\tno recovery target specified\n';

  it.each([
    { timeline: '1', branch: '0/17A1500' },
    { timeline: '2', branch: '0/30007C8' },
    { timeline: '3', branch: null },
    { timeline: '', branch: null },
  ])('on timeline $timeline was left behind at $branch', ({ timeline, branch }) => {
    expect(branchIn(history, timeline)).toBe(branch);
  });

  const record = (rmgr: string, desc: string) =>
    `rmgr: ${rmgr.padEnd(11)} len (rec/tot):     34/    34, tx:        740, lsn: 0/01B9FB88, prev 0/01B9FB50, desc: ${desc}`;
  const ended =
    'pg_waldump: error: error in WAL record at 0/1B9FC20: invalid record length at 0/1B9FC58: wanted 24, got 0';
  const upkeep = [record('Standby', 'RUNNING_XACTS nextXid 741'), record('XLOG', 'CHECKPOINT_ONLINE redo 0/1B9FB88')];
  const commit = record('Transaction', 'COMMIT 2026-11-30 20:28:15.123456 GMT');
  const rows = record('Heap', 'INSERT off 3 flags 0x08');

  it.each([
    { what: 'nothing at all', dump: ['pg_waldump: error: could not find a valid record after 0/1B9FB88'], only: true },
    { what: 'checkpoints and lists of transactions', dump: [...upkeep, ended], only: true },
    {
      what: 'rows whose transaction was never committed',
      dump: [rows, record('Transaction', 'ABORT'), ended],
      only: true,
    },
    { what: 'a commit', dump: [...upkeep, rows, commit, ended], only: false },
    { what: 'a commit before anything else', dump: [commit, ended], only: false },
    { what: 'a prepared transaction', dump: [record('Transaction', 'PREPARE gid x'), ended], only: false },
    { what: 'the commit of one', dump: [record('Transaction', 'COMMIT_PREPARED gid x'), ended], only: false },
    { what: 'what could not be read to its end', dump: upkeep, only: false },
    { what: 'a file that is missing', dump: ['pg_waldump: error: could not locate WAL file'], only: false },
    { what: 'what no program can read here', dump: null, only: false },
  ])('holds only upkeep if it has $what: $only', ({ dump, only }) => {
    expect(isOnlyUpkeep(dump === null ? null : dump.join('\n'))).toBe(only);
  });
});
