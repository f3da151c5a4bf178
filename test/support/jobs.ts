import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { ask, type TestApi } from './in-process-api.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const jobFields = 'id kind state total done changed unchanged gone failed alreadyQueued consistencyToken';
export const overview = `{ jobs { available trouble queues { kind waiting active delayed dead workers }
  recent { ${jobFields} } deadLetters { id jobId orderId code attempts } } }`;

/** The id of the job. */
export async function queueRecheck(api: TestApi, ids: readonly string[]): Promise<string> {
  const query = `mutation ($ids: [ID!]) { recheckOrders(input: { ids: $ids }) { ... on RecheckOrdersPayload { job { id } } } }`;
  const { data, errors } = await ask(api, query, { variables: { ids } });
  expect(errors).toEqual([]);
  return data.recheckOrders.job.id;
}

export type WorkerProcess = {
  /** Where it shows how it is; '' without WORKER_PORT. */
  readonly watchUrl: string;
  /** Resolves to its exit code. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
};

/** `npm run worker` as operators run it; resolves when it works. */
export async function startWorker(environment: Readonly<Record<string, string>>): Promise<WorkerProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['src/bundled.mjs', 'src/cli/worker.ts'], {
    cwd: root,
    env: { PATH, HOME, ...environment, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = await said(child, '"working"');
  return {
    watchUrl: /"url":"([^"]+)"/.exec(output)?.[1] ?? '',
    stop: async (signal) => {
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

function said(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer) => {
      output += String(chunk);
      if (output.includes(text)) resolve(output);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', () => reject(new Error(`the worker ended:\n${output}`)));
  });
}
