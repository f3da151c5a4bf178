import type { Node, NodeRole } from '../../src/cluster/node.ts';
import type { HistoryAnswer, NodeProbe, NodeProbeListener } from '../../src/cluster/node-probe.ts';
import type { ProbeReport } from '../../src/cluster/node-status.ts';
import type { Position } from '../../src/consistency/position.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { mariadbTerms } from '../../src/servers/mariadb/terms.ts';
import { mysqlTerms } from '../../src/servers/mysql/terms.ts';
import { historyOf, parsePosition } from './positions.ts';

/** The position of a history that is one line: its first `sequence` transactions. */
export const at = (sequence: number, domain = 0): Position => parsePosition('mariadb', `${domain}-1-${sequence}`);

export function makeNode(name: string, given: Partial<Node> = {}): Node {
  const configuredRole: NodeRole = name.startsWith('source') ? 'SOURCE' : 'REPLICA';
  return { name, configuredRole, host: '127.0.0.1', port: 3306, priority: 1, weight: 1, ...given };
}

export function makeReport(role: 'SOURCE' | 'REPLICA', given: Partial<ProbeReport> = {}): ProbeReport {
  const replica = role === 'REPLICA';
  return {
    identity: 'server-1',
    version: '10.11.14-MariaDB',
    terms: given.position?.flavour === 'mysql' ? mysqlTerms : mariadbTerms,
    readOnly: replica,
    applier: replica ? 'RUNNING' : 'NONE',
    receiving: replica,
    replicationError: null,
    lagMs: replica ? 0 : null,
    position: at(1),
    epochs: null,
    ...given,
  };
}

type BlockedWait = { readonly wanted: Position; end(): void; fail(error: Error): void };

/** A server of one line of transactions that does what a test tells it to. Waits block like the real ones. */
export class ScriptedProbe implements NodeProbe {
  readonly #clock: Clock;
  readonly #blocked = new Set<BlockedWait>();
  readonly #role: 'SOURCE' | 'REPLICA';
  report: Partial<ProbeReport> = {};
  position: Position = at(1);
  /** What `readPosition` tells as `observed`; `position` unless set. */
  observed: Position | null = null;
  applying = true;
  /** Set, everything rejects with it. */
  trouble: Error | null = null;
  /** Set, probes and reads answer only when it resolves. */
  held: Promise<void> | null = null;
  listener: NodeProbeListener = { connectionLost: () => undefined };
  probes = 0;
  reads = 0;
  waits = 0;
  asks = 0;
  histories = 0;
  /** Goes over what `readHistory` tells. */
  history: Partial<HistoryAnswer> = {};
  mostBlocked = 0;
  closed = false;

  constructor(clock: Clock, role: 'SOURCE' | 'REPLICA' = 'REPLICA') {
    this.#clock = clock;
    this.#role = role;
  }

  get blocked(): number {
    return this.#blocked.size;
  }

  async probe(): Promise<ProbeReport> {
    this.probes += 1;
    await this.held;
    if (this.trouble !== null) throw this.trouble;
    return makeReport(this.#role, { position: this.position, ...this.report });
  }

  async readPosition(): Promise<{ reached: Position; observed: Position }> {
    this.reads += 1;
    const { position, observed } = this;
    await this.held;
    if (this.trouble !== null) throw this.trouble;
    return { reached: position, observed: observed ?? position };
  }

  async waitForPosition(wanted: Position, timeoutMs: number): Promise<{ reached: Position; applying: boolean }> {
    this.waits += 1;
    if (this.trouble !== null) throw this.trouble;
    if (!this.position.includes(wanted)) await this.#block(wanted, timeoutMs);
    return { reached: this.position, applying: this.applying };
  }

  async readHistory(): Promise<HistoryAnswer> {
    this.histories += 1;
    await this.held;
    if (this.trouble !== null) throw this.trouble;
    const report = makeReport(this.#role, { position: this.position, ...this.report });
    const { identity, readOnly } = report;
    const logged = historyOf(report);
    return { identity, readOnly, logged, settled: logged, received: null, receives: false, ...this.history };
  }

  async isThere(timeoutMs: number): Promise<boolean> {
    this.asks += 1;
    if (this.held === null) return this.trouble === null;
    return Promise.race([this.held.then(() => true), this.#clock.sleep(timeoutMs).then(() => false)]);
  }

  /** The server applies up to `position`. */
  apply(position: Position): void {
    this.position = position;
    for (const wait of this.#blocked) if (position.includes(wait.wanted)) wait.end();
  }

  /** The server is gone: what runs fails, and so does what follows. */
  crash(trouble = new Error('lost the connection')): void {
    this.trouble = trouble;
    for (const wait of this.#blocked) wait.fail(trouble);
    this.listener.connectionLost(trouble.message);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const wait of this.#blocked) wait.fail(new Error('is closed'));
  }

  #block(wanted: Position, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void) => {
        cancel();
        this.#blocked.delete(wait);
        settled();
      };
      const wait: BlockedWait = {
        wanted,
        end: () => settle(resolve),
        fail: (error) => settle(() => reject(error)),
      };
      const cancel = this.#clock.after(timeoutMs, wait.end);
      this.#blocked.add(wait);
      this.mostBlocked = Math.max(this.mostBlocked, this.#blocked.size);
    });
  }
}
