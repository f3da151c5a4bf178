import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { Button, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { durationInWords } from '../answers/age-words.ts';
import { reasonInShort } from '../answers/reason-words.ts';
import { demonstrate } from './demonstration.ts';
import { LatencyHistogram } from './latency-histogram.tsx';
import { isStale, percentileMs, type RoundStats, shareInWords } from './round-stats.ts';
import type { LabState } from './use-lab.ts';
import { type LoopState, WriteReadLoop } from './write-read-loop.ts';

/** Writes and reads in a loop, with and without the token: counts stale reads and measures latency. */
export function LoopPanel({ lab }: { lab: LabState }) {
  const [loop] = useState(() => new WriteReadLoop());
  const state = useSyncExternalStore(loop.subscribe, loop.state);
  const [step, setStep] = useState<string | null>(null);
  const [leaving] = useState(() => new AbortController());
  useEffect(() => {
    // Leaving the page stops what it started.
    return () => {
      loop.stop();
      leaving.abort();
    };
  }, [loop, leaving]);
  const show = async () => {
    await demonstrate({ loop, lab, say: setStep, signal: leaving.signal });
    setStep(null);
  };
  return (
    <section className="panel" aria-labelledby="loop-title">
      <header className="panel-head">
        <h2 id="loop-title">What the token does</h2>
        <span className="spring" />
        <Button className="button" isDisabled={step !== null} onPress={show}>
          Show me in ten seconds
        </Button>
      </header>
      <p className="panel-lead">
        Repeatedly writes an order and reads it back at once. A read that does not show the write before it is stale.
      </p>
      <div className="loop-controls">
        <Button
          className={state.running ? 'button' : 'button button-main'}
          isDisabled={step !== null}
          onPress={() => (state.running ? loop.stop() : loop.start())}
        >
          {state.running ? 'Stop the loop' : 'Start the loop'}
        </Button>
        <TokenChoice carries={state.carriesToken} isDisabled={step !== null} onChange={(on) => loop.carryToken(on)} />
        <Button className="button button-plain" onPress={() => loop.clear()}>
          Clear the counts
        </Button>
      </div>
      <p className="loop-verdict" role="status" data-level={levelOf(state)}>
        {step ?? verdict(state)}
      </p>
      <LoopCounts state={state} />
      <LatencyHistogram withToken={state.withToken} withoutToken={state.withoutToken} />
      <RecentRounds state={state} />
    </section>
  );
}

type TokenChoiceProps = { carries: boolean; isDisabled: boolean; onChange: (carries: boolean) => void };

function TokenChoice({ carries, isDisabled, onChange }: TokenChoiceProps) {
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label="Whether reads carry the token"
      selectionMode="single"
      disallowEmptySelection
      isDisabled={isDisabled}
      selectedKeys={[carries ? 'on' : 'off']}
      onSelectionChange={(keys) => onChange(keys.has('on'))}
    >
      <ToggleButton className="segment" id="off">
        Token off
      </ToggleButton>
      <ToggleButton className="segment" id="on">
        Token on
      </ToggleButton>
    </ToggleButtonGroup>
  );
}

function LoopCounts({ state: { withoutToken, withToken } }: { state: LoopState }) {
  return (
    <table className="rows cards-when-narrow">
      <thead>
        <tr>
          <th scope="col">Reads</th>
          <th scope="col" className="figures">
            Rounds
          </th>
          <th scope="col" className="figures">
            Stale
          </th>
          <th scope="col" className="figures">
            Share
          </th>
          <th scope="col" className="figures">
            From replicas
          </th>
          <th scope="col" className="figures">
            Median
          </th>
          <th scope="col" className="figures">
            p99
          </th>
          <th scope="col" className="figures">
            Errors
          </th>
        </tr>
      </thead>
      <tbody>
        <CountsRow stats={withoutToken} series="off">
          without the token
        </CountsRow>
        <CountsRow stats={withToken} series="on">
          with the token
        </CountsRow>
      </tbody>
    </table>
  );
}

function CountsRow({ stats, series, children }: { stats: RoundStats; series: 'on' | 'off'; children: ReactNode }) {
  const { rounds, stale, onReplicas, failed, lastError } = stats;
  const [median, slowest] = [percentileMs(stats, 50), percentileMs(stats, 99)];
  return (
    <tr data-token={series}>
      <th scope="row">
        <span className="series-mark" aria-hidden="true" />
        {children}
      </th>
      <td data-label="Rounds" className="figures">
        {rounds}
      </td>
      <td data-label="Stale" className="figures stale-count" data-stale={stale > 0}>
        {stale}
      </td>
      <td data-label="Share" className="figures">
        {shareInWords(stale, rounds)}
      </td>
      <td data-label="From replicas" className="figures">
        {shareInWords(onReplicas, rounds)}
      </td>
      <td data-label="Median" className="figures">
        {median === null ? '–' : durationInWords(median)}
      </td>
      <td data-label="p99" className="figures">
        {slowest === null ? '–' : durationInWords(slowest)}
      </td>
      <td data-label="Errors" className="figures">
        {failed}
        {lastError !== null && (
          <>
            {' '}
            <code>{lastError}</code>
          </>
        )}
      </td>
    </tr>
  );
}

function RecentRounds({ state: { recent } }: { state: LoopState }) {
  if (recent.length === 0) return null;
  return (
    <>
      <h3 className="panel-sub">The last rounds</h3>
      <ol className="recent-rounds">
        {recent.map((round) => (
          <li key={round.number}>
            <span className="tag" data-hue={isStale(round) ? 'bad' : 'good'}>
              {isStale(round) ? 'stale' : 'fresh'}
            </span>
            <span>
              wrote version {round.wrote}, read {round.read === null ? 'no order' : `version ${round.read}`}
            </span>
            <span className="soft">
              {round.node ?? 'no server'} · {reasonInShort(round.reason)} · {durationInWords(round.readMs)} ·{' '}
              {round.carriedToken ? 'token on' : 'token off'}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function levelOf({ withToken, withoutToken }: LoopState): 'none' | 'good' | 'bad' {
  if (withToken.stale > 0) return 'bad';
  return withToken.rounds + withoutToken.rounds === 0 ? 'none' : 'good';
}

/** The counts as a sentence. */
function verdict({ running, withToken, withoutToken }: LoopState): string {
  if (withToken.rounds + withoutToken.rounds === 0) {
    return running ? 'The first round is running.' : 'Nothing has been written yet.';
  }
  return [inWords('Without the token', withoutToken), inWords('With the token', withToken)].filter(Boolean).join(' ');
}

function inWords(who: string, { rounds, stale }: RoundStats): string {
  if (rounds === 0) return '';
  if (stale === 0) return `${who} none of ${rounds} reads was stale.`;
  return `${who} ${stale} of ${rounds} reads ${stale === 1 ? 'was' : 'were'} stale.`;
}
