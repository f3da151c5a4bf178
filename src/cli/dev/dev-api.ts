// What `npm run dev` starts for each build: the API, on servers that run already. Ends when `npm run dev` lets go of it.
import { fileURLToPath } from 'node:url';
import { createApp } from '../../app/create-app.ts';
import { processEnvironment } from '../../config/environment.ts';
import { readStaticPage, type StaticFile } from '../../http/static-page.ts';
import { createLog } from '../../platform/log.ts';
import { clusterConfig } from '../cluster-config.ts';
import { runToExitCode } from '../entry.ts';
import { endWithParent } from '../node-flags.ts';
import { openTheDoors, untilTheEnd } from '../run-api.ts';
import { RemoteLab } from './lab-calls.ts';
import type { FromApi, ToApi } from './messages.ts';

const pageFolder = fileURLToPath(new URL('../../../dist/dev/page', import.meta.url));
const send = (message: FromApi) => void process.send?.(message, () => undefined);

async function serve(): Promise<number> {
  endWithParent();
  const config = await clusterConfig({ ...processEnvironment(), HOST: '127.0.0.1', PORT: '0' });
  const log = createLog(config.log);
  const lab = new RemoteLab(send);
  // The server keeps the map that it was given: what is in it is what it serves.
  const files = new Map<string, StaticFile>();
  const readPage = async () => {
    const read = await readStaticPage(pageFolder);
    files.clear();
    for (const [path, file] of read ?? []) files.set(path, file);
    return files;
  };
  process.on('message', (message: ToApi) => {
    if (message.kind !== 'page') return lab.hear(message);
    readPage().catch((error: unknown) => log.error({ err: error }, 'the page could not be read again'));
  });
  const local = {
    lab: config.page.lab ? lab : null,
    announce: async (port: number) => send({ kind: 'serving', port }),
  };
  try {
    return await untilTheEnd(log, async (running) => {
      await openTheDoors({ ...running, config, local, createApp, log, readPage });
    });
  } finally {
    await log.close();
  }
}

process.exit(await runToExitCode(serve));
