import { buildSchema, type ExecutionArgs } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { inOne } from '../../../src/graphql/plugins/in-one.ts';

const schema = buildSchema('type Query { word: String }');

/** What two plugins and what is behind them make of one request. */
async function answerOf(plugins: readonly Plugin[], init: RequestInit = {}) {
  const yoga = createYoga({ schema, logging: false, plugins: inOne(plugins), maskedErrors: false });
  const answer = await yoga.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ word }' }),
    ...init,
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Wraps the executor as sessions do. */
const saying = (letter: string): Plugin => ({
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn(async (args: ExecutionArgs) => {
      const { data } = (await executeFn(args)) as { data: { word: string | null } };
      return { data: { word: `${letter}${data.word ?? ''}` } };
    });
  },
});

describe('plugins in one', () => {
  it('wrap the executor in the order given, each that of those before it', async () => {
    expect((await answerOf([saying('a'), saying('b')])).text).toBe('{"data":{"word":"ba"}}');
  });

  it('are not asked to execute what one of them has refused', async () => {
    const refusing: Plugin = {
      onExecute: ({ setResultAndStopExecution }) => setResultAndStopExecution({ data: { word: 'refused' } }),
    };
    const asked: string[] = [];
    const late: Plugin = { onExecute: () => void asked.push('late') };
    expect((await answerOf([refusing, late])).text).toBe('{"data":{"word":"refused"}}');
    expect(asked).toEqual([]);
  });

  it('see the result that those before them have made', async () => {
    const changing = (from: unknown, to: string): Plugin => ({
      onResultProcess({ result, setResult }) {
        const { data } = result as { data: { word: unknown } };
        if (data.word === from) setResult({ data: { word: to } });
      },
    });
    expect((await answerOf([changing(null, 'one'), changing('one', 'two')])).text).toBe('{"data":{"word":"two"}}');
  });

  it('take the place of an answer that was chosen before them', async () => {
    const own: Plugin = {
      onResultProcess({ resultProcessor, setResultProcessor }) {
        if (resultProcessor === undefined) throw new Error('nothing was chosen');
        setResultProcessor((_, { Response }) => new Response('mine'), 'application/json');
      },
    };
    const seeing: Plugin = {
      onResultProcess({ resultProcessor }) {
        if (String(resultProcessor).includes('mine') === false) throw new Error('the choice before is not seen');
      },
    };
    expect((await answerOf([own, seeing])).text).toBe('mine');
  });

  it('end a request early, and all see its answer', async () => {
    const ending: Plugin = {
      onRequest: ({ endResponse, fetchAPI }) => endResponse(new fetchAPI.Response('over', { status: 418 })),
    };
    const asked: string[] = [];
    const late: Plugin = {
      onRequest: () => void asked.push('late'),
      onResponse: ({ response }) => response.headers.set('x-seen', 'yes'),
    };
    const answer = await answerOf([ending, late]);
    expect([answer.status, answer.text, answer.headers.get('x-seen')]).toEqual([418, 'over', 'yes']);
    expect(asked).toEqual([]);
  });

  it('keep their other hooks', async () => {
    const parsed: string[] = [];
    await answerOf([{ onParse: () => void parsed.push('one') }, { onParse: () => void parsed.push('two') }]);
    expect(parsed).toEqual(['one', 'two']);
  });

  it('refuse a hook that would be waited for', async () => {
    await expect(answerOf([{ onResponse: async () => undefined }])).rejects.toThrow(/onResponse returned a value/);
  });
});
