import { describe, expect, it } from 'vitest';
import { judgeStandbys } from '../../../src/servers/postgresql/local/acknowledgement.ts';
import { fileOf, needsCopy, placeOf } from '../../../src/servers/postgresql/local/wal-place.ts';

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
    expect(placeOf(lsn)).toBe(place);
    expect(fileOf(place, segment)).toBe(file);
  });

  it.each(['', '0/', '/0', '0/123456789', '0/xyz', '1'])('is not %j', (text) => {
    expect(() => placeOf(text)).toThrow('not a place');
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
