import type { Failure } from '../graphql/failure.ts';
import { refusedFields } from './field-faults.ts';
import type { Refusal } from './order-documents.ts';
import { statusWords } from './status-words.ts';

const advice: Readonly<Record<string, string>> = {
  SOURCE_UNAVAILABLE: 'Nothing was written. No server takes writes now; try again in a moment.',
  WRITE_INDETERMINATE:
    'The outcome of the write is unknown. Send it again unchanged: it keeps its key, so it is not done twice.',
  UNREACHABLE: 'Send it again unchanged: it keeps its key, so it is not done twice.',
  NO_ANSWER: 'The outcome of the write is unknown. Send it again unchanged: it keeps its key, so it is not done twice.',
};

type Props = {
  readonly failure?: Failure | null;
  readonly refusal?: Refusal | null;
  /** Refusals that belong to no field. */
  readonly others?: readonly string[];
  /** Number of fields that show an error of their own. */
  readonly marked?: number;
};

/** Why a write failed and what to do, each thing once. The input stays. */
export function WriteTrouble({ failure, refusal, others, marked = 0 }: Props) {
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
  if (marked === 0 && !refusal) return null;
  const { message, code, allowed } = refusal ?? {};
  const told = others ?? refusedFields(refusal ?? null, () => false).others;
  const isAboutFields = marked > 0 || told.length > 0;
  return (
    <div className="trouble" role="alert">
      <p>
        <b>{isAboutFields ? 'Nothing was written.' : message}</b> {code !== undefined && <code>{code}</code>}
      </p>
      {marked > 0 && <p>{marked === 1 ? 'One field needs' : `${marked} fields need`} to be corrected.</p>}
      {allowed !== undefined && (
        <p>{allowed.length === 0 ? 'Its status is final.' : `It may become ${allowed.map(inWords).join(' or ')}.`}</p>
      )}
      {told.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}

function inWords(status: keyof typeof statusWords): string {
  return statusWords[status].toLowerCase();
}
