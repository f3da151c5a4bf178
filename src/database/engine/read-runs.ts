/**
 * One operation that reads, run until it has a valid answer.
 *
 *   resume --> open --> work --> observe --> judge --> answer
 *
 * | event | reaction |
 * |---|---|
 * | its node was lost while it read | it runs again from its start, without that node |
 * | its node was lost before it reported what was seen | likewise; the first answer is used if there is no better one |
 * | a promotion has overtaken it | likewise, after judging again what was seen before |
 * | what was seen before was not judged, or by another source | it is judged now: the answer is refused if it does not hold |
 * | the source has answered, and can no longer be asked about that | it runs again from its start, without the source |
 *
 * What a run has seen only counts if its answer is used. Operations that write run once.
 */
import type { Session } from '../../consistency/session.ts';
import { TidemarkError } from '../../errors.ts';
import { LimitedFunctionalityError, retryAfterMs } from '../../routing/errors.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';

/** How often an operation is run at most. */
const maxRuns = 3;

/** What a client has seen before, as it was judged. */
export type JudgedPast = {
  readonly session: Session;
  /** Its source could not be asked about it: what is read with it has to be judged again. */
  readonly isUnjudged: boolean;
  /** Which state of the source's history it was judged by; `null` when there was nothing to judge. */
  readonly judgedIn: number | null;
};

/** The session of one run, as far as needed to decide whether the run is valid. */
export interface RunningSession {
  readonly decision: RouteDecision | null;
  readonly lostNodes: ReadonlySet<string> | null;
  readonly unobserved: boolean;
  readonly historyMoved: boolean;
  /** Every read that it has begun was answered. */
  readonly answeredAll: boolean;
  observe(): Promise<void>;
  /** Another run has read everything, elsewhere. */
  answeredElsewhere(): void;
  end(): void;
}

/** What is run. `past` is what it sees at least. */
export interface Runnable<Past extends JudgedPast, Running extends RunningSession, Result, Answer> {
  /** False for what writes. */
  readonly mayRerun: boolean;
  /** What was seen before, judged as of now. Throws when a promise cannot be kept. */
  resume(): Past | Promise<Past>;
  open(past: Past, excluded: ReadonlySet<string>): Running;
  work(running: Running, past: Past): Promise<Result>;
  answer(result: Result, running: Running, past: Past): Answer | Promise<Answer>;
}

/** By what state of its source's history a past is judged now. */
type Judging = { readonly historyTurns: number };
type Attempt = {
  readonly run: number;
  readonly excluded: ReadonlySet<string>;
  /** Everything was read that runs before this one could not read. */
  readonly answered?: () => void;
};

const firstAttempt: Attempt = { run: 1, excluded: new Set() };

/** Rejects with what `work` and the router throw. Later attempts are for what was lost before it came here. */
export async function runWithFreshness<Past extends JudgedPast, Running extends RunningSession, Result, Answer>(
  judging: Judging,
  runnable: Runnable<Past, Running, Result, Answer>,
  past: Past,
  { run, excluded, answered = () => undefined }: Attempt = firstAttempt,
): Promise<Answer> {
  const running = runnable.open(past, excluded);
  const nextWithout = (lost: ReadonlySet<string>): Attempt => {
    const answeredHere = () => {
      answered();
      running.answeredElsewhere();
    };
    return { run: run + 1, excluded: lost, answered: answeredHere };
  };
  const mayRerun = runnable.mayRerun && run < maxRuns;
  try {
    let result: Result;
    try {
      result = await runnable.work(running, past);
    } catch (error) {
      if (!mayRerun || running.lostNodes === null) throw error;
      return await runWithFreshness(judging, runnable, past, nextWithout(running.lostNodes));
    }
    if (running.lostNodes === null) {
      if (running.answeredAll) answered();
      await running.observe();
    }
    if (mayRerun && (running.lostNodes !== null || running.historyMoved)) {
      const better = await betterAnswer(judging, runnable, past, running, nextWithout(running.lostNodes ?? excluded));
      if (better !== null) return better.answer;
    }
    if (runnable.mayRerun && isToBeJudged(past, judging) && !(await isProven(runnable, running))) {
      const source = running.decision?.node;
      // A node that was lost has been left out already.
      if (!mayRerun || source === undefined || running.lostNodes !== null) throw notKnownYet();
      return await runWithFreshness(judging, runnable, past, nextWithout(new Set([...excluded, source])));
    }
    const answer = runnable.answer(result, running, past);
    return answer instanceof Promise ? await answer : answer;
  } finally {
    running.end();
  }
}

/** `null` when the one that there is has to do. */
async function betterAnswer<Past extends JudgedPast, Running extends RunningSession, Result, Answer>(
  judging: Judging,
  runnable: Runnable<Past, Running, Result, Answer>,
  past: Past,
  { lostNodes, unobserved }: Running,
  next: Attempt,
): Promise<{ readonly answer: Answer } | null> {
  // A token of the ended history would only allow the source, which may not be known yet.
  const now = lostNodes === null ? await runnable.resume() : past;
  try {
    return { answer: await runWithFreshness(judging, runnable, now, next) };
  } catch (error) {
    const hasOwnAnswer = lostNodes === null || unobserved;
    if (hasOwnAnswer && error instanceof TidemarkError) return null;
    throw error;
  }
}

function isToBeJudged({ isUnjudged, judgedIn }: JudgedPast, { historyTurns }: Judging): boolean {
  return isUnjudged || (judgedIn !== null && judgedIn !== historyTurns);
}

/**
 * It could not be checked whether the source has what the client has seen, and there may now be a source that has not.
 * Throws if that is so. False if the source has answered and it is still unknown: it may be lost by now.
 */
async function isProven(
  runnable: { resume(): JudgedPast | Promise<JudgedPast> },
  { decision }: RunningSession,
): Promise<boolean> {
  const { isUnjudged } = await runnable.resume();
  return !isUnjudged || decision?.role !== 'SOURCE';
}

function notKnownYet(): LimitedFunctionalityError {
  return new LimitedFunctionalityError('It is not known yet whether the source has what you have seen', {
    facts: { retryAfterMs },
  });
}
