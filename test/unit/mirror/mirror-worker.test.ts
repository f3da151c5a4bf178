/** Rounds of the worker over an outbox and a backup that do what a test tells them to; on servers: test/integration/mirror-worker.test.ts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MirrorConnection } from '../../../src/database/mirror/mirror-connection.ts';
import { MirrorFaultError } from '../../../src/database/mirror/mirror-fault.ts';
import { MirrorWorker, type MirrorWorkerOptions } from '../../../src/mirror/mirror-worker.ts';
import { RecordApplier } from '../../../src/mirror/record-applier.ts';
import { type SourceLink, SourceLinks } from '../../../src/mirror/source-link.ts';
import { type ClaimRequest, Outbox, type OutboxEntry } from '../../../src/outbox/outbox.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { RecordToApply } from '../../../src/servers/mirror-side.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const address = { host: '127.0.0.1', port: 9, user: 'u', password: 'p', database: 'd', tls: null } as const;
const unused = async (): Promise<never> => {
  throw new Error('No server is asked here');
};

/** Entries that wait, in memory; a claim is never claimed twice, as long as its lease lasts. */
class ScriptedOutbox extends Outbox {
  waiting: OutboxEntry[] = [];
  readonly claims: ClaimRequest[] = [];
  readonly settled: bigint[] = [];
  readonly aside: string[] = [];
  #nextId = 1n;

  constructor() {
    super(unused);
  }

  append(recordKey: string, { model = 'Order', attempts = 1 } = {}): void {
    this.waiting.push({ id: this.#nextId++, model, recordKey, attempts, createdAtMs: 0 });
  }

  override async claim(request: ClaimRequest): Promise<readonly OutboxEntry[]> {
    this.claims.push(request);
    return this.waiting.splice(0, request.limit);
  }

  override async settle(ids: readonly bigint[]): Promise<void> {
    this.settled.push(...ids);
  }

  override async postpone(id: bigint, reason: string, delayMs: number): Promise<void> {
    this.aside.push(`${id} postponed by ${delayMs}: ${reason}`);
  }

  override async park(id: bigint, reason: string): Promise<void> {
    this.aside.push(`${id} parked: ${reason}`);
  }
}

class ScriptedConnection extends MirrorConnection {
  asked = 0;
  trouble: MirrorFaultError | null = null;

  override async use<T>(): Promise<T> {
    this.asked += 1;
    if (this.trouble !== null) throw this.trouble;
    return undefined as T;
  }
}

class ScriptedApplier extends RecordApplier {
  /** What was applied together, and whose records the backup refuses. */
  readonly applied: string[] = [];
  readonly forgotten: string[] = [];
  readonly settledOn: string[] = [];
  refused = new Set<string>();
  trouble: Error | null = null;

  override async apply(source: MirrorConnection, model: string, records: readonly RecordToApply[]): Promise<void> {
    if (this.trouble !== null) throw this.trouble;
    const bad = records.find(({ recordKey }) => this.refused.has(recordKey));
    if (bad !== undefined) throw new MirrorFaultError('record', `will not have ${bad.recordKey}`);
    const keys = records.map(({ recordKey, outboxId }) => `${recordKey}@${outboxId}`);
    this.applied.push(`${source.name} ${model} ${keys.join(' ')}`);
  }

  override async settleEpoch(source: MirrorConnection): Promise<number> {
    this.settledOn.push(source.name);
    return 0;
  }

  override forget(source: MirrorConnection): void {
    this.forgotten.push(source.name);
  }
}

class ScriptedLinks extends SourceLinks {
  link: SourceLink | null = null;

  override now(): SourceLink {
    if (this.link === null) throw new MirrorFaultError('server', 'no server takes writes');
    return this.link;
  }
}

let clock: TickingClock;
let outbox: ScriptedOutbox;
let backup: ScriptedConnection;
let applier: ScriptedApplier;
let links: ScriptedLinks;
let troubles: (string | null)[];
let carried: number[];
let worker: MirrorWorker;

const linkTo = (name: string, its: Outbox): SourceLink => ({
  connection: new ScriptedConnection({ ...address, name }, clock),
  outbox: its,
});

const make = (given: Partial<MirrorWorkerOptions> = {}) =>
  new MirrorWorker({
    name: 'worker-1',
    links,
    applier,
    backup,
    limits: { recordsPerBatch: 4, leaseMs: 5000, maxAttempts: 3, timeoutMs: 1000 },
    clock,
    random: () => 1,
    log: createLog({ level: 'silent', format: 'json' }),
    onApplied: (records) => carried.push(records),
    onTrouble: (reason) => troubles.push(reason),
    ...given,
  });

beforeEach(() => {
  clock = new TickingClock();
  outbox = new ScriptedOutbox();
  backup = new ScriptedConnection({ ...address, name: 'backup' }, clock);
  applier = new ScriptedApplier({ models: [], backup, timeoutMs: 1000 });
  links = new ScriptedLinks(() => null, clock, 1000);
  links.link = linkTo('source', outbox);
  troubles = [];
  carried = [];
  worker = make();
});

afterEach(async () => {
  const stopped = worker.stop();
  await clock.tick(0);
  await stopped;
  expect(clock.timers).toBe(0);
});

const turnsOf = () => outbox.claims.length;

describe('a round', () => {
  it('claims, applies and settles', async () => {
    for (const key of ['a', 'b', 'a']) outbox.append(key);
    worker.start();
    await clock.tick(0);
    expect(outbox.claims[0]).toEqual({ limit: 4, leaseMs: 5000, worker: 'worker-1' });
    expect(applier.applied).toEqual(['source Order a@3 b@2']);
    expect(outbox.settled).toEqual([1n, 2n, 3n]);
    expect(carried).toEqual([2]);
    expect(troubles).toEqual([null]);
  });

  it('applies each model by itself', async () => {
    outbox.append('a');
    outbox.append('b', { model: 'Item' });
    worker.start();
    await clock.tick(0);
    expect(applier.applied).toEqual(['source Order a@1', 'source Item b@2']);
  });

  it.each([
    ['at once when it was full', 4, 0, 2],
    ['at once when it was full, and only then', 3, 79, 1],
    ['when some have gathered', 3, 80, 2],
    ['soon when there was nothing', 0, 19, 1],
    ['soon when there was nothing, and later then', 0, 20, 2],
    ['later and later', 0, 49, 2],
    ['later and later, as chance has it', 0, 50, 3],
  ])('is followed by the next one %s (%i records, %i ms)', async (_, records, ms, rounds) => {
    for (let index = 0; index < records; index += 1) outbox.append(`k${index}`);
    worker.start();
    await clock.tick(ms);
    expect(turnsOf()).toBe(rounds);
  });

  it('begins once, however often it is started', async () => {
    worker.start();
    worker.start();
    await clock.tick(0);
    expect(turnsOf()).toBe(1);
  });
});

describe('a worker that is woken', () => {
  it('looks at once while it idles', async () => {
    worker.start();
    await clock.tick(0);
    worker.wake();
    await clock.tick(0);
    expect(turnsOf()).toBe(2);
  });

  it('gathers first while records keep coming', async () => {
    outbox.append('a');
    worker.start();
    await clock.tick(0);
    worker.wake();
    await clock.tick(79);
    expect(turnsOf()).toBe(1);
    await clock.tick(1);
    expect(turnsOf()).toBe(2);
  });

  it('looks again when that was during a round that found nothing', async () => {
    worker = make({ onTrouble: () => worker.wake() });
    worker.start();
    await clock.tick(0);
    // The round that ended its trouble did not count: woken in trouble is not heard.
    expect(turnsOf()).toBe(1);
    const claim = outbox.claim.bind(outbox);
    let wakes = 1;
    outbox.claim = async (request) => {
      if (wakes-- > 0) worker.wake();
      return claim(request);
    };
    await clock.tick(20);
    expect(turnsOf()).toBe(3);
  });

  it('does not hurry while it is in trouble', async () => {
    links.link = null;
    worker.start();
    await clock.tick(0);
    links.link = linkTo('source', outbox);
    worker.wake();
    await clock.tick(99);
    expect(turnsOf()).toBe(0);
    await clock.tick(1);
    expect(turnsOf()).toBe(1);
  });
});

describe('a record that the backup refuses', () => {
  it('is found by halves, and the others are applied', async () => {
    for (const key of ['a', 'b', 'c', 'd']) outbox.append(key);
    applier.refused.add('c');
    worker.start();
    await clock.tick(0);
    expect(applier.applied).toEqual(['source Order a@1 b@2', 'source Order d@4']);
    expect(outbox.settled).toEqual([1n, 2n, 4n]);
    expect(outbox.aside).toEqual(['3 postponed by 200: will not have c']);
    expect(carried).toEqual([2, 1]);
    expect(troubles).toEqual([null]);
  });

  it('is parked after so many attempts of any of its entries, with all of them', async () => {
    outbox.append('a', { attempts: 3 });
    outbox.append('a', { attempts: 1 });
    applier.refused.add('a');
    worker.start();
    await clock.tick(0);
    expect(outbox.aside).toEqual(['1 parked: will not have a', '2 parked: will not have a']);
    expect(outbox.settled).toEqual([]);
  });

  it('is postponed for longer each time', async () => {
    outbox.append('a', { attempts: 2 });
    applier.refused.add('a');
    worker.start();
    await clock.tick(0);
    expect(outbox.aside).toEqual(['1 postponed by 600: will not have a']);
  });
});

describe('trouble', () => {
  const gone = new MirrorFaultError('server', 'the backup does not answer');

  it('keeps the claim in hand, and goes on with what is left of it', async () => {
    outbox.append('a');
    outbox.append('b', { model: 'Item' });
    applier.trouble = gone;
    worker.start();
    await clock.tick(0);
    expect(troubles).toEqual(['the backup does not answer']);
    applier.trouble = null;
    outbox.append('c');
    await clock.tick(100);
    expect(applier.applied).toEqual(['source Order a@1', 'source Item b@2', 'source Order c@3']);
    expect(outbox.claims).toHaveLength(2);
    expect(troubles).toEqual(['the backup does not answer', null]);
  });

  it.each(['server', 'busy', 'schema'] as const)('of kind %s is no fault of a record', async (kind) => {
    outbox.append('a');
    applier.trouble = new MirrorFaultError(kind, 'not now');
    worker.start();
    await clock.tick(0);
    expect(outbox.aside).toEqual([]);
    expect(outbox.settled).toEqual([]);
  });

  it('that is unexpected ends nothing either', async () => {
    outbox.append('a');
    applier.trouble = new TypeError('a bug');
    worker.start();
    await clock.tick(0);
    expect(troubles).toEqual(['a bug']);
    applier.trouble = null;
    await clock.tick(100);
    expect(outbox.settled).toEqual([1n]);
  });

  it('is told each time, and its end once', async () => {
    backup.trouble = gone;
    worker.start();
    await clock.tick(250);
    backup.trouble = null;
    await clock.tick(1000);
    expect(troubles).toEqual([gone.message, gone.message, null]);
  });

  it('asks the backup before anything is claimed, until a round went well', async () => {
    backup.trouble = gone;
    worker.start();
    await clock.tick(0);
    expect([backup.asked, turnsOf()]).toEqual([1, 0]);
    backup.trouble = null;
    await clock.tick(100);
    expect([backup.asked, turnsOf()]).toEqual([2, 1]);
    await clock.tick(1000);
    expect(backup.asked).toBe(2);
  });

  it('drops what was claimed on a source that is the source no more', async () => {
    outbox.append('a');
    applier.trouble = gone;
    worker.start();
    await clock.tick(0);
    applier.trouble = null;
    const next = new ScriptedOutbox();
    next.append('n');
    links.link = linkTo('replica-1', next);
    await clock.tick(100);
    expect(applier.applied).toEqual(['replica-1 Order n@1']);
    expect([outbox.settled, next.settled]).toEqual([[], [1n]]);
  });

  it('asks anew what a source is when it comes to it, also when it comes back', async () => {
    const first = links.link;
    worker.start();
    await clock.tick(20);
    expect(applier.forgotten).toEqual(['source']);
    links.link = linkTo('replica-1', new ScriptedOutbox());
    await clock.tick(150);
    links.link = first;
    await clock.tick(150);
    expect(applier.forgotten).toEqual(['source', 'replica-1', 'source']);
    expect(new Set(applier.settledOn)).toEqual(new Set(['source', 'replica-1']));
  });
});

describe('a worker that stops', () => {
  it('ends its pause', async () => {
    worker.start();
    await clock.tick(0);
    await worker.stop();
    expect(clock.timers).toBe(0);
    await clock.tick(1000);
    expect(turnsOf()).toBe(1);
  });

  it('settles the batch that it applies, and begins no other', async () => {
    outbox.append('a');
    outbox.append('b', { model: 'Item' });
    const apply = applier.apply.bind(applier);
    applier.apply = async (...parts) => {
      await clock.sleep(10);
      return apply(...parts);
    };
    worker.start();
    await clock.tick(5);
    const stopped = worker.stop();
    await clock.tick(20);
    await stopped;
    expect(outbox.settled).toEqual([1n]);
    expect(applier.applied).toEqual(['source Order a@1']);
  });

  it('before it was started has nothing to end', async () => {
    await make().stop();
    expect(turnsOf()).toBe(0);
  });
});
