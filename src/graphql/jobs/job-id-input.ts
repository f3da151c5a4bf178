/** Ids of jobs and of dead letters as sent by clients: malformed ones name nothing and are refused. */
import { z } from 'zod';
import { isJobId } from '../../jobs/job-ids.ts';
import { BadListRequestError, maxFaults } from '../../orders/errors.ts';

const fault = 'is not the id of a job';

export const jobIdRule = z.string().refine(isJobId, fault);

type IdList<Id> = {
  readonly max: number;
  /** `null` if the text names nothing. */
  readonly read: (text: string) => Id | null;
  /** Throws the fault of such a text. */
  readonly fault: string;
};

/** A list of ids; checking stops when there are more faults than are reported. */
export function idListRule<Id>({ max, read, fault: message }: IdList<Id>) {
  return z
    .array(z.string())
    .min(1, 'must hold at least one id')
    .max(max, `must hold at most ${max} ids`)
    .transform((texts, context): Id[] => {
      const ids: Id[] = [];
      for (const [index, text] of texts.entries()) {
        const id = read(text);
        if (id !== null) ids.push(id);
        else context.addIssue({ code: 'custom', path: [index], message });
        if (index + 1 - ids.length > maxFaults) break;
      }
      return ids;
    });
}

/** For fields whose result type has no refusals. */
export function checkedJobId(id: string): string {
  if (isJobId(id)) return id;
  throw new BadListRequestError(`\`id\` ${fault}`);
}
