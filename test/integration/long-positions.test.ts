import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder, one, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

// A history of many servers, each with gaps, is longer than a token may be. What all servers have of it need not be carried.
let cluster: TestCluster;
let api: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1, redis: false });
  await migrateOrders(cluster);
  await writeLongHistory();
  const { source, replicas } = cluster.urls();
  api = await startApi({
    SOURCE_URL: source,
    REPLICA_URLS: replicas.join(','),
    TOKEN_KEYS: 'k:a secret of at least thirty-two characters',
    LOG_LEVEL: 'silent',
    CONSISTENCY_WAIT_MS: '5000',
  });
});

afterAll(async () => {
  await api?.stop();
  await cluster.stop();
});

async function writeLongHistory(): Promise<void> {
  const admin = await cluster.admin('source');
  if (cluster.cluster.flavour === 'mysql') {
    for (let server = 10; server < 80; server += 1) {
      for (const number of [1, 50_000, 900_000]) {
        await admin.query(`SET gtid_next = '00000000-0000-0000-0000-0000000000${server}:${number}'`);
        await admin.query('BEGIN');
        await admin.query('COMMIT');
      }
    }
    await admin.query("SET gtid_next = 'AUTOMATIC'");
  } else {
    for (let domain = 1; domain <= 160; domain += 1) {
      // One by one: the number is checked against the domain of before.
      await admin.query(`SET gtid_domain_id = ${4_000_000_000 + domain}`);
      await admin.query(`SET server_id = ${3_000_000_000 + domain}`);
      await admin.query(`SET gtid_seq_no = ${10 ** 12}`);
      await admin.query('DROP TABLE IF EXISTS nobody_has_it');
    }
  }
  await admin.end();
  await caughtUp(cluster, 'replica-1');
}

describe('in a cluster with a long history', () => {
  it('what a client wrote is read on a replica, by a token that is short enough', async () => {
    const { id, token } = await createOrder(api);
    expect(token.length).toBeLessThanOrEqual(1800);
    const carried = [token];
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await ask(api, one, { variables: { id }, headers: withToken(carried.at(-1) ?? '') });
      expect(answer.data.order.id).toBe(id);
      expect(answer.consistency?.servedBy?.role).toBe('REPLICA');
      expect(answer.consistency).not.toHaveProperty('positionTooLong');
      carried.push(answer.token ?? '');
    }
    expect(Math.max(...carried.map(({ length }) => length))).toBeLessThanOrEqual(1800);
  });
});

describe('where a server lacks what is old', () => {
  it('the answer says that the position was too long, and reads go to the source', async () => {
    await cluster.kill('replica-1');
    const { source } = cluster.urls();
    // Nobody has seen the replica since this process began.
    const alone = await startApi({
      SOURCE_URL: source,
      REPLICA_URLS: cluster.urls().replicas.join(','),
      TOKEN_KEYS: 'k:a secret of at least thirty-two characters',
      LOG_LEVEL: 'silent',
    });
    try {
      const { id, token, answer } = await createOrder(alone);
      expect(answer.consistency).toMatchObject({ positionTooLong: true });
      const read = await ask(alone, one, { variables: { id }, headers: withToken(token) });
      expect(read.data.order.id).toBe(id);
      expect(read.consistency?.reason).toBe('position-unknown');
    } finally {
      await alone.stop();
    }
  });
});
