// The lab breaks servers, which belong to `npm run dev`; the API that serves it is another process.
import { TidemarkError } from '../../errors.ts';
import type { ServedLab } from '../../http/lab.ts';
import type { FromApi, LabCall, ToApi } from './messages.ts';

type Call = Extract<FromApi, { kind: 'lab' }>;
type Answer = Extract<ToApi, { kind: 'lab-answer' | 'lab-fault' }>;

/** As the lab said it: the page shows it. */
class LabFault extends TidemarkError {
  readonly retryable = false;

  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export async function answerLabCall(lab: ServedLab | null, call: Call): Promise<Answer> {
  const { id } = call;
  try {
    if (lab === null) throw new LabFault('LAB_OFF', 'There is no lab here.');
    const value = await carryOut(lab, call);
    return { kind: 'lab-answer', id, value };
  } catch (error) {
    const code = error instanceof TidemarkError ? error.code : 'LAB_FAILED';
    return { kind: 'lab-fault', id, code, message: error instanceof Error ? error.message : String(error) };
  }
}

function carryOut(lab: ServedLab, call: LabCall): Promise<unknown> {
  if (call.method === 'act') return lab.act(...(call.given as Parameters<ServedLab['act']>));
  return lab[call.method]();
}

/** In the API: asks the process that has the lab. */
export class RemoteLab implements ServedLab {
  readonly #send: (message: FromApi) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor(send: (message: FromApi) => void) {
    this.#send = send;
  }

  readState(): Promise<readonly object[]> {
    return this.#ask({ method: 'readState', given: [] }) as Promise<readonly object[]>;
  }

  async act(...given: Parameters<ServedLab['act']>): Promise<void> {
    // On its way a missing number would become null.
    await this.#ask({ method: 'act', given: given.filter((one) => one !== undefined) });
  }

  async undoAll(): Promise<void> {
    await this.#ask({ method: 'undoAll', given: [] });
  }

  hear(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  /** What was broken stays so while one build follows another. */
  async close(): Promise<void> {}

  #ask(call: LabCall): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        if (answer.kind === 'lab-answer') resolve(answer.value);
        else reject(new LabFault(answer.code, answer.message));
      });
      this.#send({ kind: 'lab', id, ...call });
    });
  }
}
