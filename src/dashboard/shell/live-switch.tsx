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

/** Says whether what is shown follows what happens, and holds it still on request. `held` counts what happened since. */
export const LiveSwitch = memo(function LiveSwitch({ state: wanted, held, onPause }: Props) {
  const silent = useSilence();
  const paused = wanted === 'paused';
  // What stands still because it was told to is not to be expected to move.
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
