import type { ServerFlavour } from '../../src/local/server-flavour.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type ApiProcess, startApiProcess } from '../consistency/api-process.ts';
import { caughtUp } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { PartitionProxy } from './partition-proxy.ts';

/** An API process that may be replaced by another one at another address. */
export type ApiPlace = { readonly url: string };

/** What scenarios happen on: a whole cluster, two API processes, and a network to the first replica that can be cut. */
export class Stage {
  readonly cluster: TestCluster;
  readonly network: PartitionProxy;
  readonly places: readonly [ApiPlace, ApiPlace];
  readonly #apis: ApiProcess[] = [];

  private constructor(cluster: TestCluster, network: PartitionProxy) {
    this.cluster = cluster;
    this.network = network;
    const urlOf = (index: number) => this.#apis[index]?.url ?? '';
    this.places = [
      {
        get url() {
          return urlOf(0);
        },
      },
      {
        get url() {
          return urlOf(1);
        },
      },
    ];
  }

  static async open(flavour: ServerFlavour | undefined): Promise<Stage> {
    const cluster = await startTestCluster({ redis: true, backup: true, ...(flavour && { flavour }) });
    const network = await PartitionProxy.start(() => {
      const { host, port } = cluster.node('replica-1');
      return { host, port };
    });
    const stage = new Stage(cluster, network);
    try {
      for (const index of [0, 1]) await stage.startApi(index);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Starts the API process of a place, in front of the cluster as it is now. */
  async startApi(index: number): Promise<void> {
    const { replicas, redis } = this.cluster.urls();
    const first = new URL(replicas[0] ?? '');
    first.port = String(this.network.address.port);
    const environment = {
      REPLICA_URLS: [first.href, ...replicas.slice(1)].join(','),
      ...(redis !== null && { REDIS_URL: redis }),
    };
    this.#apis[index] = await startApiProcess(this.cluster, { environment });
  }

  /** As the kernel ends a process that is out of memory. */
  async killApi(index: number): Promise<void> {
    const api = this.#apis[index];
    if (api === undefined) throw new Error(`there is no API process ${index}`);
    process.kill(api.pid, 'SIGKILL');
    await api.stop();
  }

  apiIsAlive(index: number): boolean {
    const pid = this.#apis[index]?.pid;
    if (pid === undefined) return false;
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  /** Resolves when every replica has all that the source has, and both API processes say that all is well. */
  async untilWhole(): Promise<void> {
    for (const { name, role } of this.cluster.cluster.nodes) if (role === 'replica') await caughtUp(this.cluster, name);
    const deadlineMs = systemClock.monotonic() + 30_000;
    for (const { url } of this.places) {
      while (!(await isWhole(url))) {
        if (systemClock.monotonic() > deadlineMs) throw new Error(`the API at ${url} does not see the cluster whole`);
        await systemClock.sleep(100);
      }
    }
  }

  output(): readonly string[] {
    return this.#apis.flatMap((api) => api.output());
  }

  async close(): Promise<void> {
    await Promise.all(this.#apis.map((api) => api.stop()));
    await this.cluster.stop();
    await this.network.stop();
  }
}

async function isWhole(url: string): Promise<boolean> {
  try {
    const response = await fetch(url.replace('/graphql', '/readyz'));
    const text = await response.text();
    return response.ok && !/DOWN|DEGRADED|UNKNOWN/.test(text);
  } catch {
    return false;
  }
}
