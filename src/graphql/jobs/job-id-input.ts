/** Ids of jobs and of dead letters as clients send them: what has not their form names nothing, and is said so. */
import { z } from 'zod';
import { type DeadLetterKey, isJobId, readDeadLetterId } from '../../jobs/job-ids.ts';
import { BadListRequestError } from '../../orders/errors.ts';

const fault = 'is not the id of a job';

export const jobIdRule = z.string().refine(isJobId, fault);

export const deadLetterIdRule = z.string().transform((text, context): DeadLetterKey => {
  const key = readDeadLetterId(text);
  if (key !== null) return key;
  context.addIssue({ code: 'custom', message: 'is not the id of a dead letter' });
  return z.NEVER;
});

/** For fields whose result has no room for a refusal. */
export function checkedJobId(id: string): string {
  if (isJobId(id)) return id;
  throw new BadListRequestError(`\`id\` ${fault}`);
}
