import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** Throws `UsageError`. */
export function parseOptions<const Config extends Omit<ParseArgsConfig, 'args'>>(
  argv: readonly string[],
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs({ ...config, args: [...argv] }) as ReturnType<typeof parseArgs<Config>>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('.')[0] : 'invalid arguments';
    throw new UsageError(`${reason}. Try --help.`, { cause });
  }
}

/** For a command without options. Throws `UsageError`. */
export function parseNoOptions(argv: readonly string[]): { readonly help: boolean } {
  const [option] = argv;
  if (option !== undefined && option !== '--help') throw new UsageError('This command takes no options. Try --help.');
  return { help: option !== undefined };
}
