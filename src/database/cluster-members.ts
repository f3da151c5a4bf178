import { findLeader } from '../cluster/failover/leader.ts';
import { isSeenMember, type Member } from '../cluster/failover/member.ts';
import type { Clock } from '../platform/clock.ts';
import type { ServerAddress } from './server-address.ts';
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

  /** What each says now; one that does not answer in time is out of reach. Never rejects. */
  look(): Promise<Member[]> {
    return Promise.all(
      this.#addresses.map(async ({ name, host, port, configuredSource, priority }) => {
        const member = { name, configuredSource, priority, address: { host, port } };
        try {
          return { ...member, facts: await this.control(name).look(), trouble: null };
        } catch (error) {
          return { ...member, facts: null, trouble: error instanceof Error ? error.message : String(error) };
        }
      }),
    );
  }

  /** Whether the source still has every transaction since its first; false when nobody can tell. */
  async sourceHasAll(members: readonly Member[]): Promise<boolean> {
    const leader = findLeader(members);
    if (leader === null || !isSeenMember(leader)) return false;
    return this.control(leader.name)
      .hasAllTransactions()
      .catch(() => false);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#controls.values()].map((control) => control.close()));
  }
}
