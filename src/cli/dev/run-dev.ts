/**
 * `npm run dev`: servers that stay, and an API that is started anew whenever its sources change.
 *
 *   change -> built -> started beside the API that serves -> serves: the port leads to it, and the one before it ends
 *               |                     |
 *               fault: it is shown    ends, or does not serve in time: it is shown
 *                                     -> the API that serves goes on
 */
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/config.ts';
import { processEnvironment } from '../../config/environment.ts';
import { readConfig } from '../../config/read-config.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { readArguments } from '../arguments.ts';
import { banner } from '../banner.ts';
import { print, runToExitCode } from '../entry.ts';
import { type LocalMode, startLocalMode } from '../local-mode.ts';
import { type Running, untilTheEnd } from '../run-api.ts';
import { UsageError } from '../usage-error.ts';
import { type Builders, Builds } from './builds.ts';
import { Front } from './front.ts';
import { Turnover } from './turnover.ts';
import { watchSources } from './watch-sources.ts';

const usage = `Usage: npm run dev -- [options]

What \`npm start\` starts, with the sources watched: a change of the server or of the page is built and served within seconds,
on the servers that run. A change that cannot be built is shown, and what was served before goes on. Listens on 127.0.0.1.

  --flavour, --topology, --port  as for \`npm start\`
  --help                         print this
`;

const root = fileURLToPath(new URL('../../..', import.meta.url));
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Resolves to the exit code. */
export function runDev(argv: readonly string[], builders: Builders): Promise<number> {
  return runToExitCode(async () => {
    const given = readArguments(argv);
    if (given.action === 'help') return print(usage);
    if (given.action !== 'start') throw new UsageError(`\`npm start -- --${given.action}\` does that`);
    const environment = { ...processEnvironment(), ...(given.port !== null && { PORT: given.port }) };
    const read = readConfig(environment);
    const log = createLog(read.mode === 'local' ? read.log : read.config.log);
    try {
      return await untilTheEnd(log, async (running) => {
        const { lifecycle, ending } = running;
        // The first build takes as long as the servers.
        const builds = new Builds(builders, say);
        const building = builds.all();
        const local =
          read.mode === 'local'
            ? await startLocalMode({
                ...given,
                lifecycle,
                directory: read.directory,
                environment,
                signal: ending.signal,
                say,
              })
            : null;
        const config = local?.config ?? (read.mode === 'external' ? read.config : null);
        const built = await building;
        ending.signal.throwIfAborted();
        if (config !== null) await serve(running, { config, local, builds, built });
      });
    } finally {
      await log.close();
    }
  });
}

type Serving = {
  readonly config: Config;
  readonly local: LocalMode | null;
  readonly builds: Builds;
  /** Whether there is a first build. */
  readonly built: boolean;
};

async function serve({ lifecycle, ending }: Running, { config, local, builds, built }: Serving): Promise<void> {
  const front = new Front();
  const port = await front.start('127.0.0.1', config.http.port);
  await lifecycle.start({ name: 'port', stop: () => front.stop() });
  await local?.announce(port);
  const script = `${root}dist/dev/dev-api.js`;
  const stopWithinMs = config.http.shutdownGraceMs + config.jobs.graceMs + 15_000;
  const lab = local?.lab ?? null;
  if (lab !== null) await lifecycle.start({ name: 'lab', stop: () => lab.close(), stopWithinMs: 30_000 });
  const turnover = new Turnover({ script, lab, front, clock: systemClock, stopWithinMs, say });
  await lifecycle.start({ name: 'API', stop: () => turnover.stop(), stopWithinMs: stopWithinMs + 5000 });
  if (built) await turnover.next();
  const url = `http://127.0.0.1:${port}`;
  say(
    built ? banner({ config, url, local: local !== null }) : `Nothing is served at ${url} before the build is mended.`,
  );
  say('Watching src and prisma.');
  void watch(ending.signal, builds, turnover);
}

async function watch(signal: AbortSignal, builds: Builds, turnover: Turnover): Promise<void> {
  for await (const paths of watchSources({ root, clock: systemClock, signal })) {
    say(`\nchanged: ${paths.length > 3 ? `${paths.length} files` : paths.join(', ')}`);
    const { page, server } = await builds.after(paths);
    if (signal.aborted) return;
    if (server) await turnover.next();
    else if (page) turnover.readPageAgain();
  }
}
