import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useNow } from '../shell/use-now.ts';
import { ageInWords, durationInWords } from './age-words.ts';
import type { AnswerFacts } from './answer-facts.ts';
import { reasonInFull, reasonInShort } from './reason-words.ts';

/** Which server gave an answer and why it was fresh enough; opens into the whole story. */
export function FreshnessChip({ facts, about }: { facts: AnswerFacts; about: string }) {
  const { node, role, reason, waitedMs } = facts;
  return (
    <DialogTrigger>
      <Button className="chip chip-fresh" data-role={role ?? 'NONE'} aria-label={`Where ${about} came from`}>
        <span className="chip-dot" aria-hidden="true" />
        <b>{node ?? 'API'}</b>
        <span className="chip-part">{reasonInShort(reason)}</span>
        {waitedMs > 0 && <span className="chip-part">waited {durationInWords(waitedMs)}</span>}
        <span className="chip-part chip-age">
          <Age sinceMs={facts.receivedAtMs - (facts.cachedAgeMs ?? 0)} />
        </span>
      </Button>
      <Popover placement="bottom start" className="popover">
        <Dialog className="popover-body" aria-label={`Where ${about} came from`}>
          <FreshnessStory facts={facts} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** All that is known of how an answer came about. */
export function FreshnessStory({ facts }: { facts: AnswerFacts }) {
  const { node, role, reason, waitedMs, level, tookMs, cachedAgeMs, receivedAtMs } = facts;
  return (
    <>
      <p className="story">{reasonInFull(reason)}</p>
      <dl className="facts">
        <dt>Server</dt>
        <dd>{node ?? 'none'}</dd>
        <dt>Role</dt>
        <dd>{role === null ? 'none' : role.toLowerCase()}</dd>
        <dt>Reason</dt>
        <dd>{reason ?? 'none'}</dd>
        <dt>Level</dt>
        <dd>{level.toLowerCase()}</dd>
        <dt>Waited</dt>
        <dd>{durationInWords(waitedMs)}</dd>
        <dt>Took</dt>
        <dd>{durationInWords(tookMs)}, as this page saw it</dd>
        {cachedAgeMs !== null && (
          <>
            <dt>In the cache for</dt>
            <dd>{durationInWords(cachedAgeMs)}</dd>
          </>
        )}
        <dt>Came</dt>
        <dd>{new Date(receivedAtMs).toLocaleTimeString()}</dd>
      </dl>
    </>
  );
}

function Age({ sinceMs }: { sinceMs: number }) {
  const nowMs = useNow();
  return <>{ageInWords(nowMs - sinceMs)}</>;
}
