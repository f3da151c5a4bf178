import { type Answer, type AnswerBody, readAnswer } from './answer.ts';

/** Reads a JSON answer from a copy. Streams are left alone. */
export async function readResponse(response: Response): Promise<Answer> {
  const isJson = /^application\/([\w.-]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
  const body = isJson
    ? await response
        .clone()
        .json()
        .catch(() => null)
    : null;
  return readAnswer(body as AnswerBody | null, response.headers, response.status);
}

/** `fetch` throws a TypeError if there was no answer; each runtime words it differently. */
export function wasLost(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
}
