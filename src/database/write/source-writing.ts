/**
 * Everything that writes to the source of a database: the writer, the settlement of its commits, and the purge of their proofs.
 */
import type { Clock } from '../../platform/clock.ts';
import type { OnSource } from '../nodes/on-source.ts';
import { CommitSettlement, type CommitSettlementOptions } from './commit-settlement.ts';
import { ProofPurge } from './proof-purge.ts';
import { SourceWriter, type SourceWriterOptions } from './source-writer.ts';

export type SourceWritingOptions<Transaction> = Omit<SourceWriterOptions<Transaction>, 'settle'> & {
  readonly settlement: Omit<CommitSettlementOptions, 'clock'>;
  readonly onSource: OnSource;
  readonly clock: Clock;
};

export class SourceWriting<Transaction> {
  readonly writer: SourceWriter<Transaction>;
  readonly #settlement: CommitSettlement;
  readonly #purge: ProofPurge;

  constructor({ settlement, onSource, ...options }: SourceWritingOptions<Transaction>) {
    const { clock, random } = options;
    this.#settlement = new CommitSettlement({ ...settlement, clock });
    this.#purge = new ProofPurge(onSource, clock, random);
    this.writer = new SourceWriter({ ...options, settle: (...asked) => this.#settlement.settle(...asked) });
  }

  start(): void {
    this.#purge.start();
  }

  async stop(): Promise<void> {
    await this.#purge.stop();
    await this.#settlement.close();
  }
}
