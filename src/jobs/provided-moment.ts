import { z } from 'zod';
import { readMoment } from '../orders/moment.ts';

/** A moment as a provider tells it: often finer than what is kept. */
export const providedMoment = z.string().transform((text, context) => {
  const moment = readMoment(text, { cutsFiner: true });
  if (moment instanceof Date) return moment;
  context.addIssue({ code: 'custom', message: `is no moment: it ${moment.message}` });
  return z.NEVER;
});
