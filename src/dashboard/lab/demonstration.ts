/** A ten-second demonstration: late replicas, a loop without the token, the same loop with it. */
import type { LabAct, LabAction, LabNode } from './lab-node.ts';
import type { WriteReadLoop } from './write-read-loop.ts';

export type Demonstration = {
  readonly loop: Pick<WriteReadLoop, 'start' | 'stop' | 'carryToken' | 'clear'>;
  readonly lab: { readonly nodes: readonly LabNode[] | null; readonly act: LabAct };
  readonly say: (step: string) => void;
  /** Aborted when the page is left. */
  readonly signal: AbortSignal;
  /** How long the loop runs in each mode. */
  readonly eachMs?: number;
};

const marginS = 5;

export async function demonstrate({ loop, lab, say, signal, eachMs = 5000 }: Demonstration): Promise<void> {
  const replicas = (lab.nodes ?? []).filter(({ role, state }) => role === 'replica' && state === 'running');
  say('Delaying the replicas by one second…');
  loop.stop();
  loop.clear();
  // If the page is reloaded in the middle, the lab reverts the delay by itself after `forS`.
  const forS = Math.ceil((2 * eachMs) / 1000) + marginS;
  const late = await Promise.all(
    replicas.map(async (node) => ((await lab.act(node.name, lateness(node), forS)) ? node : null)),
  );
  try {
    for (const carries of [false, true]) {
      if (signal.aborted) return;
      say(carries ? 'Reads carry the token of the write…' : 'Reads carry no token…');
      loop.carryToken(carries);
      loop.start();
      await pause(eachMs, signal);
    }
  } finally {
    loop.stop();
    say('Removing the delay…');
    await Promise.all(late.map((node) => node && lab.act(node.name, wellness(node))));
  }
}

/** Members of a group cannot be delayed. */
function lateness({ delayS }: LabNode): LabAction {
  return delayS === null ? { name: 'stop-applier' } : { name: 'delay', seconds: 1 };
}

function wellness({ delayS }: LabNode): LabAction {
  return delayS === null ? { name: 'start-applier' } : { name: 'delay', seconds: delayS };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
