import { countInWords } from '../shell/figures.ts';
import type { Job } from './recheck-documents.ts';

export function hasEnded({ state }: Job): boolean {
  return state === 'FINISHED' || state === 'CANCELLED';
}

/** `190 changed · 10 unchanged`. */
export function outcomeOf({ changed, unchanged, gone, failed, alreadyQueued }: Job): string {
  const parts = [
    `${countInWords(changed)} changed`,
    `${countInWords(unchanged)} unchanged`,
    gone > 0 && `${countInWords(gone)} gone`,
    failed > 0 && `${countInWords(failed)} failed`,
    alreadyQueued > 0 && `${countInWords(alreadyQueued)} already queued`,
  ];
  return parts.filter(Boolean).join(' · ');
}

export function stateInWords({ state, done, total }: Job): string {
  if (state === 'QUEUED') return 'queued';
  if (state === 'RUNNING') return `${countInWords(done)} of ${countInWords(total)} done`;
  return state === 'CANCELLED' ? `cancelled after ${countInWords(done)} of ${countInWords(total)}` : 'finished';
}
