/**
 * A server that exists in memory only. It has one log; a commit is an entry of it, and those that follow take it over, at once
 * unless they are held. It learns of a promotion by its own log: an entry of a new timeline.
 *
 * What is kept: `rows` by their names, `marks` of transactions, the outbox, and the record of promotions.
 */
import type { EpochRecord } from '../../../src/consistency/epoch.ts';
import type { ChangedRecord } from '../../../src/servers/outbox-table.ts';
import { ToyOutboxRows } from './toy-outbox.ts';
import { ToyPosition } from './toy-positions.ts';

export type Change =
  | { readonly kind: 'row'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'mark'; readonly writer: string; readonly number: number }
  | { readonly kind: 'changed'; readonly record: ChangedRecord }
  | { readonly kind: 'epoch'; readonly record: EpochRecord };
type Entry = { readonly timeline: number; readonly changes: readonly Change[] };

/** What the server says no with: a word, as others have numbers. */
export class ToyError extends Error {
  readonly word: string;

  constructor(word: string) {
    super(`${word} with 'secrets' in it`);
    this.word = word;
  }
}

export class ToyServer {
  readonly name: string;
  readonly port: number;
  isRunning = true;
  takesWrites = false;
  follows: ToyServer | null = null;
  /** Held, it receives and does not apply, and says so. */
  applies = true;
  /** It says that it applies, and does not get to it. */
  isSlow = false;
  timesAsked = 0;
  timeline = 1;
  /** What a test takes away from it. */
  readonly refused = new Map<string, string>();
  readonly outbox = new ToyOutboxRows();
  readonly locked = new Set<string>();
  readonly log: Entry[] = [];
  readonly received: Entry[] = [];
  readonly followers = new Set<ToyServer>();
  readonly sessions = new Set<ToySession>();
  /** Set, the answer to the next COMMIT is lost: behind it, or before it was carried out. */
  losesNextCommit: 'ANSWER' | 'COMMIT' | null = null;

  constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  get position(): ToyPosition {
    return new ToyPosition(this.log.at(-1)?.timeline ?? 0, this.log.length);
  }

  get receivedPosition(): ToyPosition {
    const all = [...this.log, ...this.received];
    return new ToyPosition(all.at(-1)?.timeline ?? 0, all.length);
  }

  row(name: string): string | null {
    for (const { changes } of this.log.toReversed())
      for (const change of changes.toReversed()) if (change.kind === 'row' && change.name === name) return change.value;
    return null;
  }

  mark(writer: string): number | null {
    const marks = this.log.flatMap(({ changes }) => changes).filter((change) => change.kind === 'mark');
    return marks.findLast((change) => change.writer === writer)?.number ?? null;
  }

  get epochs(): EpochRecord[] {
    const changes = this.log.flatMap((entry) => entry.changes);
    return changes.flatMap((change) => (change.kind === 'epoch' ? change.record : []));
  }

  get rowNames(): Set<string> {
    const changes = this.log.flatMap((entry) => entry.changes);
    return new Set(changes.flatMap((change) => (change.kind === 'row' ? change.name : [])));
  }

  commit(changes: readonly Change[]): ToyPosition {
    for (const change of changes) if (change.kind === 'changed') this.outbox.add(change.record, 0);
    this.log.push({ timeline: this.timeline, changes });
    for (const follower of this.followers) follower.takeOver(this);
    return this.position;
  }

  /** Takes over what the other has and this one lacks. */
  takeOver(source: ToyServer): void {
    if (!this.isRunning) return;
    const have = this.log.length + this.received.length;
    this.received.push(...source.log.slice(have));
    if (this.applies && !this.isSlow) this.apply();
  }

  apply(): void {
    for (const entry of this.received.splice(0)) {
      this.log.push(entry);
      this.timeline = Math.max(this.timeline, entry.timeline);
    }
  }

  hold(): void {
    this.applies = false;
  }

  release(): void {
    this.applies = true;
    this.apply();
  }

  follow(source: ToyServer | null): void {
    this.follows?.followers.delete(this);
    this.follows = source;
    source?.followers.add(this);
    if (source?.isRunning) this.takeOver(source);
  }

  catchUp(): void {
    this.isSlow = false;
    this.apply();
  }

  kill(): void {
    this.isRunning = false;
    for (const session of [...this.sessions]) session.lose();
  }
}

/** What goes on behind one connection. */
export class ToySession {
  static #last = 0;
  readonly id = ++ToySession.#last;
  readonly server: ToyServer;
  readonly lose: () => void;
  /** What its transaction has changed so far; `null` while none is open. */
  pending: Change[] | null = null;
  /** What it has committed last. */
  committed: ToyPosition | null = null;
  isAtWork = false;

  constructor(server: ToyServer, lose: () => void) {
    this.server = server;
    this.lose = lose;
    server.sessions.add(this);
  }

  end(): void {
    this.pending = null;
    this.server.sessions.delete(this);
  }

  change(change: Change): void {
    if (!this.server.takesWrites) throw new ToyError('CLOSED_TO_WRITES');
    if (this.pending === null) this.committed = this.server.commit([change]);
    else this.pending.push(change);
  }

  commit(): void {
    const changes = this.pending ?? [];
    this.pending = null;
    this.committed = changes.length === 0 ? null : this.server.commit(changes);
  }
}
