import { z } from 'zod';
import { readMoment } from '../orders/moment.ts';

/** A provider's timestamp, often finer than what is stored. */
export const providedMoment = z.string().transform((text, context) => {
  const moment = readMoment(text, { cutsFiner: true });
  if (moment instanceof Date) return moment;
  context.addIssue({ code: 'custom', message: `is not a valid time: it ${moment.message}` });
  return z.NEVER;
});
