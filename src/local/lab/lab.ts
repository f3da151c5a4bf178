/**
 * Breaks servers of the local cluster on purpose, so that people see what their clients get in the meantime. The state of a
 * server is read from the server each time: this also covers changes made by others, and changes that survived a restart.
 *
 *   running --hang--> hung --resume--> running
 *   running, hung --kill--> killed --start--> running, in the role that the cluster has for it by then
 *
 * One action at a time for each server. `close` undoes whatever would outlive this process. An action with a time limit is
 * undone automatically: the page that started it may be gone before it can undo it.
 */
import type { Clock } from '../../platform/clock.ts';
import type { LocalCluster } from '../cluster-contract.ts';
import { LabRefusedError, UnknownNodeError } from '../local-errors.ts';
import type { LocalNode, LocalNodeRole } from '../local-node.ts';
import { Appliers } from './appliers.ts';
import { hangServer, resumeServer, standsStill } from './hung-server.ts';
import { isUntouched, type LabAction, type LabActionName, type LabNode, refusalOf } from './lab-rules.ts';

const hangTimeoutMs = 5000;

export class Lab {
  readonly #cluster: LocalCluster;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  readonly #appliers: Appliers;
  readonly #hung = new Set<number>();
  readonly #doing = new Map<string, LabActionName>();
  /** Actions that are undone automatically: by the name of the server, the function that cancels the undoing. */
  readonly #leases = new Map<string, () => void>();
  readonly #roles = new Map<string, LocalNodeRole>();
  #reading: Promise<readonly LabNode[]> | null = null;
  #closed = false;

  constructor(cluster: LocalCluster, clock: Clock, log: (line: string) => void) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#log = log;
    const { flavour, topology, credentials } = cluster;
    this.#appliers = new Appliers({ flavour, topology, account: credentials.admin, clock });
  }

  /** The current state of every server. Simultaneous callers share one probe. */
  readState(): Promise<readonly LabNode[]> {
    this.#reading ??= Promise.all(this.#cluster.nodes.map((node) => this.#see(node))).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Throws `UnknownNodeError`, and `LabRefusedError` if the action is refused. */
  async act(name: string, action: LabAction, forS?: number): Promise<void> {
    const node = this.#node(name);
    const refusal = this.#closed
      ? 'the process ends'
      : refusalOf(action, await this.#see(node), this.#cluster.topology);
    // Another action may have begun while the server was being probed.
    const before = this.#doing.get(name);
    if (refusal !== null) throw new LabRefusedError(refusal);
    if (before !== undefined) throw new LabRefusedError(`${name} is busy: ${before} is still in progress`);
    this.#doing.set(name, action.name);
    this.#log(`lab: ${name}: ${action.name}${action.name === 'delay' ? ` ${action.seconds} s` : ''}`);
    this.#leases.get(name)?.();
    this.#leases.delete(name);
    try {
      await this.#carryOut(node, action);
      if (forS !== undefined) this.#undoAfter(name, forS * 1000);
    } finally {
      this.#doing.delete(name);
    }
  }

  /** Undoes everything on all servers. Rejects with the first fault after all were tried. */
  async undoAll(): Promise<void> {
    const nodes = await this.readState();
    const undone = await Promise.allSettled(nodes.filter((node) => !isUntouched(node)).map((node) => this.#undo(node)));
    for (const one of undone) if (one.status === 'rejected') throw one.reason;
  }

  /** Undoes what would outlive this process. Servers that were killed stay down: their cluster ends too. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#leases.values()) cancel();
    this.#leases.clear();
    this.#appliers.close();
    for (const pid of this.#hung) resumeServer(pid);
    this.#hung.clear();
    const nodes = await this.readState();
    const late = nodes.filter((node) => node.state === 'running' && !isUntouched(node));
    await Promise.allSettled(late.map((node) => this.#undoLateness(node)));
  }

  #undoAfter(name: string, ms: number): void {
    const cancel = this.#clock.after(ms, () => {
      this.#leases.delete(name);
      this.#see(this.#node(name))
        .then((node) => (this.#closed || isUntouched(node) ? undefined : this.#undo(node)))
        .then(() => this.#log(`lab: ${name}: undone automatically`))
        .catch((error: unknown) => this.#log(`lab: ${name} could not be restored: ${error}`));
    });
    this.#leases.set(name, cancel);
  }

  async #undo(node: LabNode): Promise<void> {
    if (node.state === 'killed') await this.act(node.name, { name: 'start' });
    if (node.state === 'hung') await this.act(node.name, { name: 'resume' });
    await this.#undoLateness(await this.#see(this.#node(node.name)));
  }

  async #undoLateness({ name, applier, delayS }: LabNode): Promise<void> {
    const node = this.#node(name);
    if ((delayS ?? 0) > 0) await this.#appliers.delay(node, 0);
    else if (applier === 'stopped') await this.#appliers.start(node);
  }

  async #carryOut(node: LocalNode, action: LabAction): Promise<void> {
    switch (action.name) {
      case 'delay':
        return this.#appliers.delay(node, action.seconds);
      case 'stop-applier':
        return this.#appliers.stop(node);
      case 'start-applier':
        return this.#appliers.start(node);
      case 'kill':
        this.#hung.delete(node.pid);
        return this.#cluster.stopNode(node.name, 'SIGKILL');
      case 'start':
        await this.#cluster.startNode(node.name);
        return;
      case 'hang':
        return this.#hang(node.pid);
      case 'resume':
        this.#hung.delete(node.pid);
        return resumeServer(node.pid);
      default:
        return action satisfies never;
    }
  }

  async #hang(pid: number): Promise<void> {
    this.#hung.add(pid);
    hangServer(pid);
    const deadlineMs = this.#clock.monotonic() + hangTimeoutMs;
    while (!standsStill(pid)) {
      if (this.#clock.monotonic() > deadlineMs) throw new LabRefusedError('the server could not be suspended');
      await this.#clock.sleep(10);
      hangServer(pid);
    }
  }

  async #see(node: LocalNode): Promise<LabNode> {
    const { name } = node;
    const state = !this.#cluster.isRunning(name) ? 'killed' : this.#hung.has(node.pid) ? 'hung' : 'running';
    const seen = state === 'running' ? await this.#appliers.readState(node).catch(() => null) : null;
    if (seen !== null && node.role !== 'backup') {
      this.#roles.set(name, seen.applying === null && !seen.readOnly ? 'source' : 'replica');
    }
    return {
      name,
      role: this.#roles.get(name) ?? node.role,
      state,
      applier: seen === null || seen.applying === null ? null : seen.applying ? 'running' : 'stopped',
      delayS: seen?.delayS ?? null,
      doing: this.#doing.get(name) ?? null,
    };
  }

  #node(name: string): LocalNode {
    const node = this.#cluster.nodes.find((one) => one.name === name);
    if (node !== undefined) return node;
    const known = this.#cluster.nodes.map((one) => one.name).join(', ');
    throw new UnknownNodeError(`There is no node ${name}; there are ${known}`);
  }
}
