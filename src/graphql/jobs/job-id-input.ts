/** Ids of jobs and of dead letters as clients send them: what has not their form names nothing, and is said so. */
import { z } from 'zod';
import { isJobId } from '../../jobs/job-ids.ts';
import { BadListRequestError, mostFaults } from '../../orders/errors.ts';

const fault = 'is not the id of a job';

export const jobIdRule = z.string().refine(isJobId, fault);

type IdList<Id> = {
  readonly most: number;
  /** `null` when the text names nothing. */
  readonly read: (text: string) => Id | null;
  /** Says so of a text. */
  readonly fault: string;
};

/** A list of ids that is not read on when so many of them are wrong that nobody is told of more. */
export function idListRule<Id>({ most, read, fault: message }: IdList<Id>) {
  return z
    .array(z.string())
    .min(1, 'must hold at least one id')
    .max(most, `must hold at most ${most} ids`)
    .transform((texts, context): Id[] => {
      const ids: Id[] = [];
      for (const [index, text] of texts.entries()) {
        const id = read(text);
        if (id !== null) ids.push(id);
        else context.addIssue({ code: 'custom', path: [index], message });
        if (index + 1 - ids.length > mostFaults) break;
      }
      return ids;
    });
}

/** For fields whose result has no room for a refusal. */
export function checkedJobId(id: string): string {
  if (isJobId(id)) return id;
  throw new BadListRequestError(`\`id\` ${fault}`);
}
