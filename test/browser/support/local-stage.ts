import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServerProcesses } from '../../../src/local/processes/server-processes.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { type NodeProcess, startNodeProcess } from '../../support/node-process.ts';
import { binariesDirectory } from '../../support/test-cluster.ts';
import { launchBrowser } from './chromium.ts';
import { Tabs } from './tabs.ts';

const startPatienceMs = 150_000;
const said = /GraphiQL: (http:\S+)\/graphql/;

/** What `npm start` starts, on data of its own: servers, backup, Redis, the API with its lab. And a browser. */
export class LocalStage {
  readonly url: string;
  readonly tabs: Tabs;
  readonly #process: NodeProcess;
  /** Where its cluster lives. */
  readonly directory: string;

  private constructor(url: string, tabs: Tabs, started: NodeProcess, directory: string) {
    this.url = url;
    this.tabs = tabs;
    this.#process = started;
    this.directory = directory;
  }

  static async open(environment: Readonly<Record<string, string>> = {}): Promise<LocalStage> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-page-')));
    await mkdir(binariesDirectory, { recursive: true });
    await symlink(binariesDirectory, join(directory, 'servers'));
    const started = startNodeProcess(['--import', 'tsx', 'src/main.ts'], {
      TIDEMARK_DIRECTORY: directory,
      PORT: '0',
      ...environment,
    });
    try {
      const browser = await launchBrowser();
      try {
        const url = await urlOf(started);
        return new LocalStage(url, new Tabs(browser, url), started, directory);
      } catch (error) {
        await browser.close();
        throw error;
      }
    } catch (error) {
      await end(started, directory);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.tabs.close();
    await end(this.#process, this.directory);
  }
}

async function urlOf(started: NodeProcess): Promise<string> {
  let url: string | undefined;
  // Servers, backup, Redis and the API: on a machine with much else to do that takes a while.
  const deadlineMs = systemClock.monotonic() + startPatienceMs;
  while (url === undefined) {
    if (started.child.exitCode !== null) throw new Error(`it ended:\n${started.output().join('\n')}`);
    if (systemClock.monotonic() > deadlineMs) throw new Error(`it did not start:\n${started.output().join('\n')}`);
    await systemClock.sleep(50);
    url = said.exec(started.output().join('\n'))?.[1];
  }
  return url;
}

async function end(started: NodeProcess, directory: string): Promise<void> {
  await started.stop();
  for (const { pid } of await findServerProcesses(directory)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
}
