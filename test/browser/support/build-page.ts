import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../../src/dashboard/build.mjs', import.meta.url));

/** What the tests open is what the sources say now. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, [script]);
}
