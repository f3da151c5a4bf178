import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

type Fault = Pick<Scenario, 'begin' | 'end'>;

export const kill = (name: string): Fault => ({
  begin: ({ cluster }) => cluster.kill(name),
  end: (stage) => start(stage, [name]),
});

export const hang = (name: string): Fault => ({
  begin: async ({ cluster }) => cluster.pause(name),
  end: async ({ cluster }) => cluster.resume(name),
});

export async function start({ cluster }: Stage, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => cluster.cluster.startNode(name)));
}
