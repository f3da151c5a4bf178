/**
 * Several tokens of one client (header, directive, cookie) become one session of the present epoch.
 * Each is judged by its own epoch before its position is merged with others:
 *
 * | verdict | what the session takes over |
 * |---|---|
 * | current | everything |
 * | survived | everything: its past is part of the present history |
 * | lost | nothing; the token is reported, and its client must be told before it reads |
 * | unknown, of an older epoch | not the position, which nothing can be compared with; reads must go to the source |
 * | unknown, of a newer epoch | nothing: this process has not heard of a promotion, and even the source it knows may be the
 *   deposed one. Learn the history and resume again; do not answer a SESSION or STRONG read before |
 */
import { currentEpoch, type EpochHistory, type EpochVerdict, judgeEpoch } from './epoch.ts';
import { emptySession, mergeSessions, requireSource, type Session } from './session.ts';

export type ResumedSession = {
  readonly session: Session;
  /** The tokens that name a write which did not survive. Empty in ordinary times. */
  readonly lost: readonly Session[];
  /** The tokens of older epochs that cannot be judged, because a promotion since was not recorded. */
  readonly unknown: readonly Session[];
  /** The tokens of epochs that this process has not heard of. */
  readonly ahead: readonly Session[];
};

/** `tokens` are verified ones of this cluster. Without a known history every token is ahead of it. */
export function resumeSession(clusterId: string, tokens: readonly Session[], history: EpochHistory): ResumedSession {
  const epoch = currentEpoch(history);
  const lost: Session[] = [];
  const unknown: Session[] = [];
  const ahead: Session[] = [];
  let session = emptySession(clusterId, epoch ?? 0);
  for (const token of tokens) {
    const verdict: EpochVerdict = judgeEpoch(token, history);
    switch (verdict) {
      case 'current':
        session = session.position === null && !session.requiresSource ? token : mergeSessions(session, token);
        break;
      case 'survived':
        session = mergeSessions(session, Object.freeze({ ...token, epoch: session.epoch }));
        break;
      case 'lost':
        lost.push(token);
        break;
      case 'unknown':
        if (epoch === null || token.epoch > epoch) {
          ahead.push(token);
        } else {
          unknown.push(token);
          session = requireSource(session);
        }
        break;
      default:
        return verdict satisfies never;
    }
  }
  return { session, lost, unknown, ahead };
}
