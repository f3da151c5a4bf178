import { ToggleButton } from 'react-aria-components';

export type LiveState = 'live' | 'paused' | 'reconnecting';

const words: Readonly<Record<LiveState, string>> = {
  live: 'Live',
  paused: 'Paused',
  reconnecting: 'Reconnecting',
};

/** Says whether what is shown follows what happens, and holds it still on request. `held` counts what happened since. */
export function LiveSwitch({
  state,
  held,
  onPause,
}: {
  state: LiveState;
  held: number;
  onPause: (paused: boolean) => void;
}) {
  const paused = state === 'paused';
  return (
    <ToggleButton
      className="button live"
      data-live={state}
      isSelected={paused}
      onChange={onPause}
      aria-label="Pause live updates"
    >
      <span className="live-dot" aria-hidden="true" />
      {words[state]}
      {paused && held > 0 && <span className="count">{held > 999 ? '999+' : held}</span>}
    </ToggleButton>
  );
}
