import { auditServer } from 'graphql-http';
import { expect, it } from 'vitest';
import { startTinyServer } from './tiny-server.ts';

it('passes the GraphQL over HTTP audit without an error', async () => {
  const { server, url } = await startTinyServer();
  const results = await auditServer({ url, fetchFn: fetch });
  const failed = results
    .filter((result) => result.status !== 'ok')
    .map(({ id, name, status }) => `${status} ${id} ${name}`);
  expect(results.length).toBeGreaterThan(50);
  expect(failed).toMatchInlineSnapshot(`[]`);
  await server.stop();
});
