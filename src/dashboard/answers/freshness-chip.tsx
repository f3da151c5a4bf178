import { memo } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useSilence } from '../graphql/use-contact.ts';
import { Clock } from '../shell/moment.tsx';
import { useNow } from '../shell/use-now.ts';
import { ageInWords, durationInWords } from './age-words.ts';
import type { AnswerFacts } from './answer-facts.ts';
import { reasonInFull, reasonInShort } from './reason-words.ts';

/** Which server gave an answer and why it was fresh enough; opens to show all facts. */
export const FreshnessChip = memo(function FreshnessChip({ facts, about }: { facts: AnswerFacts; about: string }) {
  const { node, reason, waitedMs } = facts;
  const silent = useSilence();
  const fromCache = isFromCache(facts);
  const sinceMs = facts.receivedAtMs - (facts.cachedAgeMs ?? 0);
  return (
    <DialogTrigger>
      <Button className="chip chip-fresh" data-role={silent ? 'NONE' : roleOf(facts)} data-silent={silent || undefined}>
        <span className="unseen">Where {about} came from: </span>
        <span className="chip-dot" aria-hidden="true" />
        <b>{fromCache ? 'cache' : (node ?? 'API')}</b>
        <span className="chip-part">{fromCache ? `read from ${node ?? 'a server'}` : reasonInShort(reason)}</span>
        {waitedMs > 0 && !fromCache && <span className="chip-part">waited {durationInWords(waitedMs)}</span>}
        <span className="chip-part chip-age">
          {silent && (
            <>
              as of <Clock atMs={sinceMs} />,{' '}
            </>
          )}
          <Age sinceMs={sinceMs} isAgo={silent} />
        </span>
      </Button>
      <Popover placement="bottom start" className="popover">
        <Dialog className="popover-body" aria-label={`Where ${about} came from`}>
          <FreshnessStory facts={facts} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
});

/** Everything known about how an answer came about. */
export function FreshnessStory({ facts }: { facts: AnswerFacts }) {
  const { node, role, reason, waitedMs, level, tookMs, cachedAgeMs, receivedAtMs } = facts;
  return (
    <>
      <p className="story">{reasonInFull(reason)}</p>
      <dl className="facts">
        <dt>Server</dt>
        <dd>
          {node ?? 'none'}
          {isFromCache(facts) && ', when the cache was filled; not asked for this answer'}
        </dd>
        <dt>Role</dt>
        <dd>{role === null ? 'none' : role.toLowerCase()}</dd>
        <dt>Reason</dt>
        <dd>{reason ?? 'none'}</dd>
        <dt>Level</dt>
        <dd>{level.toLowerCase()}</dd>
        <dt>Waited</dt>
        <dd>
          {durationInWords(waitedMs)}
          {isFromCache(facts) && waitedMs > 0 && ', for the cached answer to be ready'}
        </dd>
        <dt>Took</dt>
        <dd>{durationInWords(tookMs)}, as measured by this page</dd>
        {cachedAgeMs !== null && (
          <>
            <dt>In the cache for</dt>
            <dd>{durationInWords(cachedAgeMs)}</dd>
          </>
        )}
        <dt>Received</dt>
        <dd>
          <Clock atMs={receivedAtMs} />
        </dd>
      </dl>
    </>
  );
}

/** Chooses the colour: the role of the server that answered, or the cache. */
export function roleOf(facts: AnswerFacts): string {
  return isFromCache(facts) ? 'CACHE' : (facts.role ?? 'NONE');
}

function isFromCache({ reason, cachedAgeMs }: AnswerFacts): boolean {
  return reason === 'cache-hit' || cachedAgeMs !== null;
}

function Age({ sinceMs, isAgo }: { sinceMs: number; isAgo: boolean }) {
  const nowMs = useNow();
  const age = ageInWords(nowMs - sinceMs);
  return <>{isAgo && age !== 'now' ? `${age} ago` : age}</>;
}
