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
 *
 * What a token says about other databases is kept in any case: only their owners can judge it.
 *
 * What its epoch has not lost is then judged by the source's own history, because a history may end without a record:
 * what the source lacks is lost as well, and what it cannot decide is unknown.
 */
import { hasPast } from './database-past.ts';
import { currentEpoch, type EpochHistory, judgeEpoch, survivorsOf } from './epoch.ts';
import { joinOthers, type OtherPasts } from './other-databases.ts';
import type { Position } from './position.ts';
import { advanceSession, emptySession, mergeSessions, requireSource, type Session, withOthers } from './session.ts';

/** What the source's own history says about a position, as far as the client's session is concerned. */
export type PastVerdict = 'INCLUDED' | 'LACKING' | 'UNKNOWN' | 'BEHIND' | 'ELSEWHERE' | 'UNJUDGED';

export type ResumedSession = {
  readonly session: Session;
  /** The tokens that name a write which did not survive. Empty in ordinary times. */
  readonly lost: readonly Session[];
  /** The tokens of histories that this process has not heard of. */
  readonly ahead: readonly Session[];
  /** The tokens that name what the source itself has still to receive. */
  readonly behind: readonly Session[];
  /** For a client that was told of a loss: everything it has seen that is still there. */
  readonly healed: Session;
  /** Some of what the session takes over could not be checked with any server: what is read with it proves nothing yet. */
  readonly isUnjudged: boolean;
};

export type PastJudge = {
  verdictOf(token: Session): PastVerdict;
  /** All servers were asked, and none knows an epoch like that of the token: its record is gone. */
  isForgotten(token: Session): boolean;
  /** The position that includes the part of `position` in the source's history; `null` if unknown. */
  surviving(position: Position): Position | null;
};

const unjudged: PastJudge = { verdictOf: () => 'UNJUDGED', isForgotten: () => false, surviving: () => null };

/** `tokens` are verified ones of this cluster. Without a known history every token is ahead of it. */
export function resumeSession(
  clusterId: string,
  tokens: readonly Session[],
  history: EpochHistory,
  judge: PastJudge = unjudged,
): ResumedSession {
  const epoch = currentEpoch(history);
  const lost: Session[] = [];
  const ahead: Session[] = [];
  const behind: Session[] = [];
  const others = tokens.reduce<OtherPasts | undefined>((all, token) => joinOthers(all, token.others), undefined);
  let session = withOthers(emptySession(clusterId, epoch ?? 0), others);
  let isUnjudged = false;
  for (const token of tokens) {
    if (!hasPast(token)) continue;
    switch (verdictOn(token, history, judge)) {
      case 'whole':
        isUnjudged ||= token.position !== null && judge.verdictOf(token) === 'UNJUDGED';
        session =
          token.epoch === session.epoch && !hasPast(session) && token.others === others
            ? token
            : mergeSessions(session, Object.freeze({ ...token, epoch: session.epoch }));
        break;
      case 'lost':
        lost.push(token);
        break;
      case 'unknown':
        session = requireSource(session);
        break;
      case 'ahead':
        ahead.push(token);
        break;
      case 'behind':
        behind.push(token);
        break;
    }
  }
  return { session, lost, ahead, behind, healed: healed(session, lost, history, judge), isUnjudged };
}

function verdictOn(
  token: Session,
  history: EpochHistory,
  judge: PastJudge,
): 'whole' | 'lost' | 'unknown' | 'ahead' | 'behind' {
  const verdict = judgeEpoch(token, history);
  if (verdict === 'lost') return 'lost';
  if (verdict === 'unknown') {
    if (!isAhead(token, history)) return 'unknown';
    return judge.isForgotten(token) ? 'lost' : 'ahead';
  }
  if (token.position === null) return 'whole';
  switch (judge.verdictOf(token)) {
    case 'LACKING':
      return 'lost';
    case 'UNKNOWN':
      return 'unknown';
    case 'ELSEWHERE':
      return 'ahead';
    case 'BEHIND':
      return 'behind';
    default:
      return 'whole';
  }
}

/** The token is of an epoch that is not known of. */
export function isAhead(token: Session, history: EpochHistory): boolean {
  const epoch = currentEpoch(history);
  if (!hasPast(token)) return false;
  return epoch === null || token.epoch > epoch;
}

function healed(session: Session, lost: readonly Session[], history: EpochHistory, judge: PastJudge): Session {
  return lost.reduce((all, token) => {
    const kept = survivorsOf(token, history);
    // If no record says what was lost, everything is kept: then only the source's own history can decide.
    const recorded = judgeEpoch(token, history) === 'lost' ? kept : null;
    const rest = kept === null ? null : (judge.surviving(kept) ?? recorded);
    // It is unknown what is left: only the source has it.
    const one = rest === null ? requireSource(all) : advanceSession(all, rest, token.issuedAtMs);
    return Object.freeze({ ...one, issuedAtMs: Math.max(one.issuedAtMs, token.issuedAtMs + 1) });
  }, session);
}
