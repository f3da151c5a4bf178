import { createInterface } from 'node:readline';

type Terminal = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
};

/**
 * Asks a question that is answered with yes or no. No answer is a no as well: the end of the input (Ctrl-D), and Ctrl-C, which
 * a terminal that is asked hands to whoever asks.
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
