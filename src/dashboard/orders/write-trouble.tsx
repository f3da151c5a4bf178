import type { Failure } from '../graphql/failure.ts';
import type { Refusal } from './order-documents.ts';
import { statusWords } from './status-words.ts';

const advice: Readonly<Record<string, string>> = {
  SOURCE_UNAVAILABLE: 'Nothing was written. No server takes writes now; try again in a moment.',
  WRITE_INDETERMINATE:
    'Nobody knows whether it was written. Send it again as it is: it has the same key, so it is not done twice.',
  UNREACHABLE: 'Send it again as it is: it has the same key, so it is not done twice.',
};

/** Why a write did not go through, and what to do. What was filled in stays. */
export function WriteTrouble({ failure, refusal }: { failure?: Failure | null; refusal?: Refusal | null }) {
  if (failure) {
    return (
      <div className="trouble" role="alert">
        <p>
          <b>{failure.message}</b> <code>{failure.code}</code>
        </p>
        {advice[failure.code] !== undefined && <p>{advice[failure.code]}</p>}
      </div>
    );
  }
  if (!refusal) return null;
  const { message, code, faults, allowed } = refusal;
  return (
    <div className="trouble" role="alert">
      <p>
        <b>{message}</b> <code>{code}</code>
      </p>
      {allowed !== undefined && (
        <p>{allowed.length === 0 ? 'Its status is final.' : `It may become ${allowed.map(inWords).join(' or ')}.`}</p>
      )}
      {faults?.map((fault) => (
        <p key={fault.path.join('.')}>
          {fault.path.slice(1).join(' ')} {fault.message}
        </p>
      ))}
    </div>
  );
}

function inWords(status: keyof typeof statusWords): string {
  return statusWords[status].toLowerCase();
}
