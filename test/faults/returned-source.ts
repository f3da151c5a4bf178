// A source that was killed with transactions which no replica had received and nobody was told of, and that comes back
// believing in itself after another server has taken its place.

import { systemClock } from '../../src/platform/clock.ts';
import { type Finding, finding } from '../bench/finding.ts';
import { takeWrites } from './promotion-by-hand.ts';
import type { Stage } from './stage.ts';

const aheadMs = 500;
/** Of an acknowledgement: nobody here may be told of what only this server has, however slow the machine is. */
const patienceMs = 600_000;

export class ReturnedSource {
  readonly #stage: Stage;
  readonly #name: string;
  readonly #atReturn: string;

  private constructor(stage: Stage, name: string, atReturn: string) {
    this.#stage = stage;
    this.#name = name;
    this.#atReturn = atReturn;
  }

  /** Kills it while it holds what it could send to nobody. */
  static async leaveAhead(stage: Stage, name: string): Promise<void> {
    const mysql = stage.cluster.cluster.flavour === 'mysql';
    await stage.run(name, `SET GLOBAL rpl_semi_sync_${mysql ? 'source' : 'master'}_timeout = ${patienceMs}`);
    const stopReceiving = mysql ? 'STOP REPLICA IO_THREAD' : 'STOP SLAVE IO_THREAD';
    await Promise.all(['replica-1', 'replica-2'].map((replica) => stage.run(replica, stopReceiving)));
    await systemClock.sleep(aheadMs);
    await stage.cluster.kill(name);
  }

  static async start(stage: Stage, name: string): Promise<ReturnedSource> {
    await stage.cluster.cluster.startNode(name);
    await takeWrites(stage, name);
    return new ReturnedSource(stage, name, await contents(stage, name));
  }

  /** What became of it, until it is a replica like any other. */
  async takeBack(): Promise<readonly Finding[]> {
    const stage = this.#stage;
    const name = this.#name;
    const written = (await contents(stage, name)) === this.#atReturn ? 0 : 1;
    const errant = await this.#errant();
    const refused = await stage.command('cluster', 'rejoin', name, '--yes');
    const named = errant.length > 0 && errant.every((transactions) => refused.output.includes(transactions));
    await stage.renew(name);
    const rejoined = await stage.command('cluster', 'rejoin', name, '--yes');
    return [
      finding('writes that landed on the old source', written, '', { atMost: 0 }),
      finding('errant transactions that status lists', errant.length, '', { atLeast: 1 }),
      finding('rejoin refuses it as it is, and names them', named && refused.code === 3 ? 1 : 0, '', { atLeast: 1 }),
      finding('rejoin takes it with the source’s data', rejoined.code === 0 ? 1 : 0, '', { atLeast: 1 }),
    ];
  }

  async #errant(): Promise<readonly string[]> {
    const { output } = await this.#stage.command('cluster', 'status', '--json');
    const { servers } = JSON.parse(output) as { servers: { name: string; errant: string[] }[] };
    return servers.find(({ name }) => name === this.#name)?.errant ?? [];
  }
}

/** Where a server is and what it holds. */
async function contents(stage: Stage, name: string): Promise<string> {
  const position = stage.cluster.cluster.flavour === 'mysql' ? 'gtid_executed' : 'gtid_binlog_pos';
  const sql = `SELECT @@GLOBAL.${position} AS position, (SELECT COUNT(*) FROM orders) AS orders`;
  const [row] = await stage.on(name, (connection) => connection.query(sql));
  return `${row.position} ${row.orders}`;
}
