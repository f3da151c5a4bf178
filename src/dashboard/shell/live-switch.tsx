import { memo } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useSilence } from '../graphql/use-contact.ts';

export type LiveState = 'live' | 'paused' | 'reconnecting' | 'silent';

const words: Readonly<Record<LiveState, string>> = {
  live: 'Live',
  paused: 'Paused',
  reconnecting: 'Reconnecting',
  silent: 'No answer',
};

type Props = {
  readonly state: LiveState;
  readonly held: number;
  readonly onPause: (paused: boolean) => void;
};

/** Shows whether the page follows live updates, and pauses them on request. `held` counts the updates since. */
export const LiveSwitch = memo(function LiveSwitch({ state: wanted, held, onPause }: Props) {
  const silent = useSilence();
  const paused = wanted === 'paused';
  // A paused list must not look as if it should move.
  const state = silent && !paused ? 'silent' : wanted;
  return (
    <>
      <ToggleButton className="button live" data-live={state} isSelected={paused} onChange={onPause}>
        <span className="live-dot" aria-hidden="true" />
        {words[state]}
        {paused && held > 0 && <span className="count">{held > 999 ? '999+' : held}</span>}
        <span className="unseen">, pause live updates</span>
      </ToggleButton>
      <span className="unseen" role="status">
        {words[state]}
      </span>
    </>
  );
});
