import { describe, expect, it } from 'vitest';
import { isStopped, parseConninfo, stopped, towards, writeConninfo } from '../../../src/servers/postgresql/conninfo.ts';
import { awaitsAcknowledgement, refusedByOf, replicationOf } from '../../../src/servers/postgresql/server-facts.ts';
import type { WalState } from '../../../src/servers/postgresql/wal-state.ts';

const standby = (given: Partial<Extract<WalState, { standby: true }>> = {}): WalState => ({
  standby: true,
  replayed: 100n,
  received: 100n,
  receives: 1,
  floor: { timeline: 1, lsn: 10n },
  rests: true,
  ...given,
});
const row = {
  standby: true,
  conninfo: "host='10.0.0.1' port='5433' user='repl'",
  receiver: 'streaming',
  sender_host: '10.0.0.9',
  sender_port: 5434,
  pause: 'not paused',
  delay_ms: '0',
  behind_ms: '63525',
};

describe('how a standby replicates', () => {
  it.each<[what: string, row: object, state: WalState, exactAgoMs: number | null, expected: object]>([
    ['streaming, all applied, nothing written for long', row, standby(), 0, { lagMs: 0, receiver: 'CONNECTED' }],
    ['behind since a moment, after a pause without writes', row, standby({ received: 101n }), 40, { lagMs: 40 }],
    [
      'behind for longer than its last transaction is old',
      { ...row, behind_ms: '20' },
      standby({ received: 101n }),
      90,
      { lagMs: 20 },
    ],
    ['behind, and never seen otherwise', row, standby({ received: 101n }), null, { lagMs: null }],
    ['receiving nothing', { ...row, receiver: null }, standby(), 0, { lagMs: null, receiver: 'CONNECTING' }],
    ['paused', { ...row, pause: 'paused' }, standby(), 0, { applier: 'STOPPED' }],
    ['delayed', { ...row, delay_ms: '7000' }, standby(), 0, { delayMs: 7000 }],
    ['its primary by the connection', row, standby(), 0, { follows: { host: '10.0.0.9', port: 5434 } }],
    [
      'its primary by the settings',
      { ...row, sender_host: null, sender_port: null, receiver: null },
      standby(),
      0,
      { follows: { host: '10.0.0.1', port: 5433 } },
    ],
    [
      'without a primary',
      { ...row, conninfo: '', receiver: null, sender_host: null },
      standby(),
      0,
      { receiver: 'STOPPED', follows: null },
    ],
    [
      'of settings that may not be seen',
      { ...row, conninfo: null, receiver: null, sender_host: null },
      standby(),
      0,
      { receiver: 'CONNECTING' },
    ],
    [
      'told to receive nothing',
      { ...row, conninfo: "host='a' service='tidemark-receives-nothing'", receiver: null },
      standby(),
      0,
      { receiver: 'STOPPED' },
    ],
  ])('%s', (_, given, state, exactAgoMs, expected) => {
    expect(replicationOf({ ...given }, state, exactAgoMs)).toMatchObject(expected);
  });

  it('refuses writes, and says by what', () => {
    expect(refusedByOf({ standby: true, read_only: 'off' })).toEqual(['in recovery']);
    expect(refusedByOf({ standby: false, read_only: 'on' })).toEqual(['default_transaction_read_only']);
    expect(refusedByOf({ standby: false, read_only: 'off' })).toEqual([]);
  });

  it.each([
    ['ANY 1 (a, b)', 'on', true],
    ['ANY 1 (a, b)', 'local', false],
    ['ANY 1 (a, b)', 'off', false],
    ['', 'on', false],
  ])('with %j and synchronous_commit %s, commits wait for a standby: %s', (names, mode, waits) => {
    const settings = { standby: false, synchronous_standby_names: names, synchronous_commit: mode };
    expect(awaitsAcknowledgement(settings)).toBe(waits);
  });
});

describe('a connection string', () => {
  it.each<[text: string, words: Record<string, string> | null]>([
    ['', {}],
    ['host=a port=1', { host: 'a', port: '1' }],
    ["host = 'a b'  password='it\\'s \\\\'", { host: 'a b', password: "it's \\" }],
    ['host=a nonsense', null],
    ['postgresql://a/b', null],
  ])('%j is read', (text, words) => {
    const read = parseConninfo(text);
    expect(read === null ? null : Object.fromEntries(read)).toEqual(words);
  });

  it('keeps its words while nothing is received, and names another server afterwards', () => {
    const words = parseConninfo("host='a' hostaddr='1.2.3.4' port='1' user='r' passfile='p'") ?? new Map();
    const left = parseConninfo(writeConninfo(stopped(words))) ?? new Map();
    expect(isStopped(left)).toBe(true);
    const again = towards(left, { host: 'b', port: '2' });
    expect(isStopped(again)).toBe(false);
    expect(Object.fromEntries(again)).toEqual({ host: 'b', port: '2', user: 'r', passfile: 'p' });
  });
});
