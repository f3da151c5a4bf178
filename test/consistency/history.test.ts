import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkHistory } from './check-history.ts';
import { type History, loadHistory, saveHistory } from './history.ts';
import { operationsOf } from './notation.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tidemark-history-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('a saved history is judged as it was', async () => {
  const path = join(await folder(), 'history.jsonl');
  const history: History = {
    header: { format: 'tidemark-history/1', seed: 7, flavour: 'mariadb', tokens: true },
    operations: operationsOf('1 create a@1\n1 update a lost\n1 delete a\n2 adopt 1\n2 read a@1 b-\n9 final a-'),
  };
  await saveHistory(path, history);
  const loaded = await loadHistory(path);
  expect(loaded).toEqual(history);
  expect(checkHistory(loaded)).toEqual(checkHistory(history));
  expect(checkHistory(loaded)).toHaveLength(1);
});
