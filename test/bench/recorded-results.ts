import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { allMet, type BenchResult, type Results } from './report.ts';

/**
 * What a file of results holds after a run: a bench that ran takes the place of its older self, one that did not run
 * stays as it was measured, and one that there is no more goes. `names` are all that there are, in their order.
 */
export function mergedResults(
  recorded: Results | null,
  { flavour, benches }: Pick<Results, 'flavour' | 'benches'>,
  names: readonly string[],
): Results {
  if (recorded !== null && recorded.flavour !== flavour)
    throw new Error(`the file holds results of ${recorded.flavour}, and these are of ${flavour}`);
  const all = [...benches, ...(recorded?.benches ?? [])];
  const merged = names.flatMap((name): BenchResult[] => all.filter((bench) => bench.name === name).slice(0, 1));
  return { flavour, met: allMet(merged), benches: merged };
}

export async function record(file: string, measured: Results, names: readonly string[]): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null);
  const recorded = text === null ? null : (JSON.parse(text) as Results);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(mergedResults(recorded, measured, names), null, 2)}\n`);
}
