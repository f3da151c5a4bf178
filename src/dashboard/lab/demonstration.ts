/** Ten seconds that show what the token does: late replicas, a loop without the token, the same with it. */
import type { LabAct, LabAction, LabNode } from './lab-node.ts';
import type { WriteReadLoop } from './write-read-loop.ts';

export type Demonstration = {
  readonly loop: Pick<WriteReadLoop, 'start' | 'stop' | 'carryToken' | 'clear'>;
  readonly lab: { readonly nodes: readonly LabNode[] | null; readonly act: LabAct };
  readonly say: (step: string) => void;
  /** Aborted when nobody looks any more. */
  readonly signal: AbortSignal;
  /** How long the loop runs without the token, and how long with it. */
  readonly eachMs?: number;
};

const marginS = 5;

export async function demonstrate({ loop, lab, say, signal, eachMs = 5000 }: Demonstration): Promise<void> {
  const replicas = (lab.nodes ?? []).filter(({ role, state }) => role === 'replica' && state === 'running');
  say('Replicas are being made one second late…');
  loop.stop();
  loop.clear();
  // A page that is reloaded in the middle undoes nothing any more: the lab does so by itself a little later.
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
    say('Replicas are being made well…');
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
