import { fileURLToPath } from 'node:url';
import { type Config, describeConfig } from '../config/config.ts';
import { type Environment, processEnvironment } from '../config/environment.ts';
import { type ConfigRead, readConfig } from '../config/read-config.ts';
import { ourMigrations } from '../database/orders/our-migrations.ts';
import { type HttpServer, type ServedApp, startHttpServer } from '../http/server.ts';
import { readStaticPage, type StaticPage } from '../http/static-page.ts';
import { systemClock } from '../platform/clock.ts';
import { Lifecycle } from '../platform/lifecycle.ts';
import { createLog, type Log, type Logger } from '../platform/log.ts';
import { measureLog } from '../platform/log-metrics.ts';
import { readArguments, type StartArguments, usage } from './arguments.ts';
import { banner } from './banner.ts';
import { printableConfig, printableRead } from './check-config.ts';
import { type Ending, watchForTheEnd } from './ending.ts';
import { print, runToExitCode } from './entry.ts';
import type { LocalMode } from './local-mode.ts';
import { measureReach } from './measure-reach.ts';
import { migrateAtStart } from './migrate-at-start.ts';
import { printableVariables } from './printable-variables.ts';
import { version } from './version.ts';

export interface App extends ServedApp {
  start(): Promise<void>;
  stop(): Promise<void>;
}
export type CreateApp = (config: Config, log: Logger) => App;

const builtPage = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));

/** The whole life of the API process. Resolves to its exit status. */
export async function runApi(argv: readonly string[], createApp: CreateApp): Promise<number> {
  return runToExitCode(async () => {
    const given = readArguments(argv);
    switch (given.action) {
      case 'help':
        return print(usage);
      case 'version':
        return print(`${version()}\n`);
      case 'variables':
        return print(printableVariables());
      case 'check-config':
        return await check(readConfig(environmentWith(given)));
      case 'start':
        return await serve(given, createApp);
      default:
        return given.action satisfies never;
    }
  });
}

async function check(read: ConfigRead): Promise<number> {
  print(printableRead(read));
  if (read.mode === 'local') return 0;
  // Loaded only here: a serving process probes its servers by itself.
  const { checkServers } = await import('./check-servers.ts');
  const { text, exitCode } = await checkServers(read.config);
  print(text);
  return exitCode;
}

async function serve(given: StartArguments, createApp: CreateApp): Promise<number> {
  const environment = environmentWith(given);
  const read = readConfig(environment);
  const log = createLog(read.mode === 'local' ? read.log : read.config.log);
  try {
    return await serveLogged(given, { environment, read, log, createApp });
  } finally {
    await log.close();
  }
}

type Serving = {
  readonly environment: Environment;
  readonly read: ConfigRead;
  readonly log: Log;
  readonly createApp: CreateApp;
};

async function serveLogged(given: StartArguments, { environment, read, log, createApp }: Serving): Promise<number> {
  return untilTheEnd(log, async ({ lifecycle, ending }) => {
    let local: LocalMode | null = null;
    let config: Config;
    if (read.mode === 'local') {
      // Loaded only here: a process with configured servers has no use for it.
      const { startLocalMode } = await import('./local-mode.ts');
      const { directory } = read;
      const say = (line: string) => tell(`${line}\n`);
      local = await startLocalMode({ ...given, lifecycle, directory, environment, signal: ending.signal, say });
      config = local.config;
    } else {
      config = read.config;
      for (const warning of read.warnings) log.warn(warning);
    }
    const toPerson = config.log.format === 'pretty';
    if (toPerson) tell(printableConfig(config));
    else log.info({ config: describeConfig(config) }, 'starting');
    const { url } = await openTheDoors({ config, local, createApp, lifecycle, ending, log });
    if (toPerson) tell(banner({ config, url, local: local !== null }));
    else log.info({ url, nodes: config.cluster.nodes.map(({ name }) => name) }, 'running');
  });
}

export type Running = { readonly lifecycle: Lifecycle; readonly ending: Ending };

/** Opens what is to run, and stops it once the process is asked to end. Resolves to the exit code. */
export async function untilTheEnd(log: Logger, open: (running: Running) => Promise<void>): Promise<number> {
  const lifecycle = new Lifecycle(systemClock, log);
  const ending = watchForTheEnd(log);
  try {
    await open({ lifecycle, ending });
    await ending.reached;
  } catch (error) {
    // If the process was asked to end, that is why the start failed.
    if (!ending.signal.aborted) {
      await lifecycle.stop().catch(() => {});
      throw error;
    }
  }
  const stoppedCleanly = await lifecycle.stop().then(
    () => true,
    () => false,
  );
  log.info('stopped');
  return stoppedCleanly ? ending.exitCode() : 1;
}

export type Opening = Running & {
  readonly config: Config;
  readonly local: Pick<LocalMode, 'lab' | 'announce'> | null;
  readonly createApp: CreateApp;
  readonly log: Log;
  /** Where the built page lies, unless it is that of `npm run build`. */
  readonly readPage?: () => Promise<StaticPage | null>;
};

/** Schema, app, port, in this order, so that no request is served before everything is ready. */
export async function openTheDoors(opening: Opening): Promise<HttpServer> {
  const { config, local, createApp, lifecycle, ending, log, readPage = () => readStaticPage(builtPage) } = opening;
  const migrating =
    config.cluster.migrationUrl === null ? null : await migrateSchema(config.cluster.migrationUrl, config, log);
  ending.signal.throwIfAborted();
  const app = createApp(config, log);
  if (app.metrics) measureLog(log, app.metrics);
  const stopWithinMs = 10_000 + config.jobs.graceMs;
  await lifecycle.start({ name: 'app', start: () => app.start(), stop: () => app.stop(), stopWithinMs });
  ending.signal.throwIfAborted();
  const { host, port, shutdownGraceMs } = config.http;
  const page = config.http.dashboard ? await readPage() : null;
  if (config.http.dashboard && page === null) log.warn('No page at /: `npm run build` builds it');
  const server = await startHttpServer({
    host,
    port,
    orNextPort: local !== null,
    reach: measureReach(config),
    shutdownGraceMs,
    app,
    graphiql: config.graphql.graphiql,
    page,
    lab: local?.lab ?? null,
    clock: systemClock,
    log,
  });
  await lifecycle.start({ name: 'http server', stop: () => server.stop(), stopWithinMs: shutdownGraceMs + 2000 });
  if (migrating !== null) await lifecycle.start(migrating);
  // Stopped first: injected faults would hold up the other parts.
  const lab = local?.lab ?? null;
  if (lab !== null) await lifecycle.start({ name: 'lab', stop: () => lab.close(), stopWithinMs: 30_000 });
  await local?.announce(server.port);
  return server;
}

function migrateSchema(url: string, { monitor }: Config, log: Logger) {
  const { random } = Math;
  return migrateAtStart({
    url,
    directory: ourMigrations('orders'),
    patienceMs: monitor.timeoutMs,
    clock: systemClock,
    random,
    log,
  });
}

function environmentWith({ port }: StartArguments): Environment {
  const environment = processEnvironment();
  return port === null ? environment : { ...environment, PORT: port };
}

/** For humans only: if it cannot be written, the API runs all the same. */
function tell(text: string): void {
  try {
    process.stdout.write(text);
  } catch {
    // A full disk.
  }
}
