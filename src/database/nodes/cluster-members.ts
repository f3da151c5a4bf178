import { findLeader } from '../../cluster/failover/leader.ts';
import { isSeenMember, type Member } from '../../cluster/failover/member.ts';
import type { Clock } from '../../platform/clock.ts';
import { errorMessage } from '../../platform/error-message.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { SqlNodeControl } from './sql-node-control.ts';

/** A server of the cluster with its administrator's account. */
export type MemberAddress = ServerAddress & { readonly configuredSource: boolean; readonly priority: number };

/** The servers of a cluster in the hands of their administrator. The caller closes it. */
export class ClusterMembers {
  readonly #addresses: readonly MemberAddress[];
  readonly #controls: ReadonlyMap<string, SqlNodeControl>;

  constructor(addresses: readonly MemberAddress[], clock: Clock) {
    this.#addresses = addresses;
    this.#controls = new Map(addresses.map((address) => [address.name, new SqlNodeControl(address, clock)]));
  }

  control(name: string): SqlNodeControl {
    const control = this.#controls.get(name);
    if (control === undefined) throw new Error(`No server is called ${name}`);
    return control;
  }

  /** The current state of each; one that does not answer in time is unreachable. Never rejects. */
  probe(): Promise<Member[]> {
    return Promise.all(this.#addresses.map((address) => this.#probeMember(address)));
  }

  /** The same, with the source probed again last: so it has everything that the others reported as received. */
  async probeSourceLast(): Promise<Member[]> {
    const seen = await this.probe();
    const leader = this.#addresses.find(({ name }) => name === findLeader(seen)?.name);
    if (leader === undefined) return seen;
    const again = await this.#probeMember(leader);
    return seen.map((member) => (member.name === again.name && again.facts !== null ? again : member));
  }

  async #probeMember({ name, host, port, configuredSource, priority }: MemberAddress): Promise<Member> {
    const member = { name, configuredSource, priority, address: { host, port } };
    try {
      return { ...member, facts: await this.control(name).probe(), trouble: null };
    } catch (error) {
      return { ...member, facts: null, trouble: errorMessage(error) };
    }
  }

  /** Whether the source still has every transaction since its first; false if unknown. */
  async sourceHasAll(members: readonly Member[]): Promise<boolean> {
    const leader = findLeader(members);
    if (leader === null || !isSeenMember(leader)) return false;
    return this.control(leader.name)
      .hasAllTransactions()
      .catch(() => false);
  }

  /** Why the source's data cannot be copied row by row; empty when it can. */
  async copyObstacles(members: readonly Member[]): Promise<string[]> {
    const leader = findLeader(members);
    if (leader === null || !isSeenMember(leader)) return ['it is out of reach'];
    return this.control(leader.name)
      .copyObstacles()
      .catch((error: unknown) => [errorMessage(error)]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#controls.values()].map((control) => control.close()));
  }
}
