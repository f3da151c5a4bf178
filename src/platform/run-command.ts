import { spawn } from 'node:child_process';

/** A user of the system, by numbers. */
export type SystemUser = { readonly uid: number; readonly gid: number };

/** A program with its fixed arguments and variables. */
export type Command = {
  readonly path: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Run by this user instead of our own. */
  readonly user?: SystemUser;
  /** A program that runs it, with arguments. */
  readonly within?: readonly string[];
};

export class CommandFailedError extends Error {
  readonly output: string;

  constructor(path: string, outcome: string, output: string) {
    const lines = output.split('\n').filter((line) => line.trim() !== '');
    const errors = lines.filter((line) => /\berror\b|^E: /i.test(line));
    const tail = (errors.length > 0 ? errors : lines).slice(-3).join(' | ');
    super(`${path} ${outcome}${tail === '' ? '' : `: ${tail}`}`);
    this.name = 'CommandFailedError';
    this.output = output;
  }
}

export const plainCommand = (path: string): Command => ({ path, args: [], variables: {} });

/** The arguments that run a command through `env`, which adds its variables to ours. */
export function commandLine(command: Command, args: readonly string[]): string[] {
  const variables = Object.entries(command.variables).map(([name, value]) => `${name}=${value}`);
  return ['env', ...variables, ...(command.within ?? []), command.path, ...command.args, ...args];
}

/** Runs a command to its end and returns its standard output; rejects with both streams if it fails. `input`: for its standard input. */
export function runCommand(
  command: Command,
  args: readonly string[],
  options: { cwd?: string; input?: string; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const [program = 'env', ...rest] = commandLine(
      { ...command, variables: { LC_ALL: 'C', ...command.variables } },
      args,
    );
    const child = spawn(program, rest, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...command.user,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    // A program that ends early says itself why.
    child.stdin?.on('error', () => undefined).end(options.input);
    let stdout = '';
    let everything = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      everything += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      everything += text;
    });
    // One that is ended by the signal is waited for: it may still write its files.
    child.once('error', (error) => {
      if (child.pid === undefined || options.signal?.aborted !== true) reject(error);
    });
    child.once('close', (code, signal) => {
      if (options.signal?.aborted) reject(options.signal.reason);
      else if (code === 0) resolve(stdout);
      else
        reject(
          new CommandFailedError(command.path, signal ? `was ended by ${signal}` : `exited with ${code}`, everything),
        );
    });
  });
}
