import { createInterface } from 'node:readline';

type Terminal = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
};

/**
 * Asks a yes/no question. No answer counts as no: end of input (Ctrl-D) and Ctrl-C, which the terminal passes to the reader.
 */
export function confirm(question: string, { input, output }: Terminal): Promise<boolean> {
  return new Promise((resolve) => {
    const terminal = createInterface({ input, output });
    let answer = false;
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => {
      if (!answer) output.write('\n');
      resolve(answer);
    });
    terminal.question(question, (text) => {
      answer = /^y(es)?$/i.test(text.trim());
      terminal.close();
    });
  });
}
