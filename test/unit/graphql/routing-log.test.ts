import { afterEach, describe, expect, it, vi } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { RoutingLog } from '../../../src/routing/routing-log.ts';
import { parsePosition } from '../../support/positions.ts';
import { subscribe } from '../../support/server-sent-events.ts';
import { startTinyServer } from '../http/tiny-server.ts';

const fields = 'sequence kind name node role reason level required waitedMs tookMs errorCode missed';

const noted = {
  atMs: 0,
  operation: { name: 'Orders', type: 'query' },
  level: 'SESSION',
  required: parsePosition('mariadb', '0-1-17'),
  decision: { node: 'replica-1', role: 'REPLICA', reason: 'replica-after-wait', waitedMs: 12.4 },
  tookMs: 14.2,
  errorCode: null,
} as const;

const servers: Awaited<ReturnType<typeof startTinyServer>>[] = [];
afterEach(async () => {
  for (const tiny of servers.splice(0)) await tiny.server.stop();
});

async function serve(routingLog: RoutingLog | null) {
  const tiny = await startTinyServer({ schema, routingLog });
  servers.push(tiny);
  const query = async (text: string) => (await (await tiny.post({ query: text })).json()).data?.routingLog;
  return { query, url: tiny.url };
}

describe('the routing log over GraphQL', () => {
  it('tells who served what and why, without any server being asked', async () => {
    const log = new RoutingLog(10);
    log.note(noted);
    log.note({
      ...noted,
      operation: { name: null, type: 'mutation' },
      decision: null,
      errorCode: 'SOURCE_UNAVAILABLE',
    });
    const { query } = await serve(log);
    const first = { kind: 'QUERY', name: 'Orders', node: 'replica-1', role: 'REPLICA', reason: 'replica-after-wait' };
    expect(await query(`{ routingLog { ${fields} } }`)).toEqual([
      expect.objectContaining({
        sequence: 2,
        kind: 'MUTATION',
        name: null,
        node: null,
        errorCode: 'SOURCE_UNAVAILABLE',
      }),
      {
        sequence: 1,
        ...first,
        level: 'SESSION',
        required: '0-1-17',
        waitedMs: 12,
        tookMs: 14,
        errorCode: null,
        missed: 0,
      },
    ]);
    expect(await query('{ routingLog(last: 1, filter: { kind: QUERY, node: null }) { sequence } }')).toEqual([
      { sequence: 1 },
    ]);
    expect(await query('{ routingLog(last: -1) { sequence } }')).toEqual([]);
  });

  it('is not filled by those who look at it', async () => {
    const log = new RoutingLog(10);
    const { query } = await serve(log);
    await query('{ routingLog { sequence } }');
    expect(await query('{ cluster { verdict } routingLog { sequence } }')).toEqual([]);
  });

  it('shortens long positions', async () => {
    const log = new RoutingLog(10);
    const server = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
    log.note({ ...noted, required: parsePosition('mysql', `${server}:1-5:7-9:11-20:22-31:33-40`) });
    const { query } = await serve(log);
    const [{ required }] = await query('{ routingLog { required } }');
    expect(required).toMatch(/^….{48}$/);
    expect(required).toMatch(/33-40$/);
  });

  it('is null when nothing is kept', async () => {
    const { query, url } = await serve(null);
    expect(await query('{ routingLog { sequence } }')).toBeNull();
    const { told, ended } = await subscribe(url, 'subscription { routingLogged { sequence } }');
    await ended;
    expect(told).toEqual([]);
  });

  it('tells subscribers as it happens', async () => {
    const log = new RoutingLog(10);
    const { url } = await serve(log);
    const { told, leave, ended } = await subscribe(
      url,
      'subscription { routingLogged(filter: { role: REPLICA }) { sequence node missed } }',
    );
    log.note({ ...noted, decision: null });
    log.note(noted);
    await vi.waitFor(() => expect(told).toEqual([{ sequence: 2, node: 'replica-1', missed: 0 }]), { timeout: 20_000 });
    leave();
    await ended;
    log.close();
  });
});
