import { type AppRules, createApp } from '../../src/app/create-app.ts';
import { measureReach } from '../../src/cli/measure-reach.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { ServedLab } from '../../src/http/lab.ts';
import { startHttpServer } from '../../src/http/server.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog, type Logger } from '../../src/platform/log.ts';

export type TestApi = { readonly url: string; stop(): Promise<void> };

/** The API in this process, on a port of its own, set up by environment variables as operators do it. */
export async function startApi(
  environment: Readonly<Record<string, string>>,
  {
    lab = null,
    log = createLog({ level: 'silent', format: 'json' }),
    ...rules
  }: AppRules & { readonly lab?: ServedLab | null; readonly log?: Logger } = {},
): Promise<TestApi> {
  const read = readConfig(environment);
  if (read.mode !== 'external') throw new Error('The environment names no servers');
  const app = createApp(read.config, log, rules);
  await app.start();
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    orNextPort: false,
    shutdownGraceMs: 1000,
    reach: measureReach(read.config),
    app,
    graphiql: false,
    lab,
    clock: systemClock,
    log,
  });
  return {
    url: `${server.url}/graphql`,
    stop: async () => {
      await server.stop();
      await app.stop();
    },
  };
}

export type Consistency = {
  readonly token: string | null;
  readonly level: string;
  readonly servedBy: { readonly node: string; readonly role: string } | null;
  readonly reason: string | null;
  readonly waitedMs: number;
  readonly ageMs?: number;
};

export type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the query's, and each test asks for another one
  readonly data: any;
  readonly errors: readonly { message: string; extensions: Record<string, unknown> }[];
  readonly code: unknown;
  readonly consistency: Consistency | undefined;
  readonly token: string | null;
  readonly cookie: string | null;
};

export type Asking = {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'POST';
};

export async function ask({ url }: TestApi, query: string, asking: Asking = {}): Promise<ApiAnswer> {
  const { variables = {}, headers = {}, method = 'POST' } = asking;
  const accept = 'application/graphql-response+json';
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response =
    method === 'GET'
      ? await fetch(`${url}?${search}`, { headers: { accept, ...headers } })
      : await fetch(url, {
          method,
          headers: { accept, 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ query, variables }),
        });
  const body = await response.json();
  return {
    status: response.status,
    headers: response.headers,
    data: body.data,
    errors: body.errors ?? [],
    code: body.errors?.[0]?.extensions?.code,
    consistency: body.extensions?.consistency,
    token: response.headers.get('x-consistency-token'),
    cookie: response.headers.get('set-cookie'),
  };
}
