// One client. It holds every token that it was given and did not yet get back: an answer's token covers those that were
// sent with the request, so it takes their place; answers to parallel requests do not cover each other and are both held.
import type { AdoptOperation, Observation, Operation, ReadOperation, Served, WriteOperation } from './history.ts';
import { type Answer, type Ask, ask, documents, type Endpoint, type SeenOrder, writeOf } from './orders-api.ts';
import { judgeWrite, transportFault, type WriteResult } from './outcome.ts';
import type { Recorder } from './recorder.ts';

/** As many as the server reads from one request. */
const maxTokens = 8;

export type Freshness = Pick<Ask, 'whenBehind' | 'waitMs'>;
export type Intention = {
  readonly kind: WriteOperation['kind'];
  readonly write: number;
  readonly order: string | null;
  readonly input: Readonly<Record<string, unknown>>;
};
export type ReadAsk = {
  readonly kind: ReadOperation['kind'];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly level?: ReadOperation['level'];
  /** Of a BOUNDED read. */
  readonly maxStalenessMs?: number;
  readonly final?: boolean;
  /** From the data of an answer to what it shows. */
  readonly observe: (data: Readonly<Record<string, unknown>>) => Observation[];
};

export type ClientSessionOptions = {
  readonly id: number;
  readonly recorder: Recorder;
  /** Another one for each request: sessions hop. */
  readonly endpoint: () => Endpoint;
  readonly freshness: Freshness;
  readonly tokens: boolean;
  readonly timeoutMs: number;
};

export class ClientSession {
  readonly id: number;
  readonly #options: ClientSessionOptions;
  #held: ReadonlySet<string> = new Set();
  #underWay = 0;

  constructor(options: ClientSessionOptions) {
    this.id = options.id;
    this.#options = options;
  }

  /** Gives up after `patienceMs`; then nobody knows. */
  async write(
    intention: Intention,
    patienceMs = this.#options.timeoutMs,
  ): Promise<WriteOperation & { result: WriteResult | null }> {
    const { kind, write, order, input } = intention;
    const asked = this.#options.recorder.begin(this.id);
    let judged: ReturnType<typeof judgeWrite>;
    try {
      judged = judgeWrite(await this.#ask({ query: documents[kind], variables: { input } }, patienceMs));
    } catch (error) {
      judged = { outcome: 'indeterminate', error: transportFault(error), result: null };
    }
    const { outcome, error, result } = judged;
    const operation = this.#options.recorder.end(asked, {
      kind,
      write,
      order: result?.order?.id ?? order,
      outcome,
      version: result?.order?.version ?? null,
      error,
    });
    return { ...(operation as WriteOperation), result };
  }

  async read({
    kind,
    variables,
    level,
    maxStalenessMs,
    final = false,
    observe,
  }: ReadAsk): Promise<ReadOperation & { answer: Answer | null }> {
    const asked = this.#options.recorder.begin(this.id);
    const bound = maxStalenessMs === undefined ? {} : { maxStalenessMs };
    const told = { kind, level: level ?? ('SESSION' as const), ...bound, final };
    const failed = (error: string, answer: Answer | null, served: Served | null = null) => {
      const operation = this.#options.recorder.end(asked, { ...told, outcome: 'failed', seen: [], served, error });
      return { ...(operation as ReadOperation), answer };
    };
    let answer: Answer;
    try {
      const request = { query: documents[kind], variables, ...(level && { level }), ...bound };
      answer = await this.#ask(request, this.#options.timeoutMs);
    } catch (error) {
      return failed(transportFault(error), null);
    }
    const { data, errors, served } = answer;
    if (errors.length > 0 || data === null) return failed(errors[0]?.code ?? 'UNKNOWN', answer, served);
    const seen = observe(data);
    const operation = this.#options.recorder.end(asked, { ...told, outcome: 'ok', seen, served, error: null });
    return { ...(operation as ReadOperation), answer };
  }

  /** Takes over what the other one holds, unless there is none or it would be more than a request may carry. */
  adopt(other: ClientSession): void {
    const all = new Set([...this.#held, ...other.#held]);
    if (!this.#options.tokens || all.size > maxTokens - this.#underWay) return;
    const asked = this.#options.recorder.begin(this.id);
    this.#held = all;
    const told: Pick<AdoptOperation, 'kind' | 'from'> = { kind: 'adopt', from: other.id };
    this.#options.recorder.end(asked, told satisfies Partial<Operation>);
  }

  async #ask(request: Omit<Ask, 'signal'>, patienceMs: number): Promise<Answer> {
    const { tokens, freshness, endpoint } = this.#options;
    const sent = tokens ? [...this.#held] : [];
    this.#underWay++;
    try {
      const signal = AbortSignal.timeout(patienceMs);
      const answer = await ask(endpoint(), { ...freshness, ...request, tokens: sent, signal });
      if (tokens && answer.token !== null) {
        const rest = [...this.#held].filter((token) => !sent.includes(token));
        this.#held = new Set([...rest, answer.token]);
      }
      return answer;
    } finally {
      this.#underWay--;
    }
  }
}

export function observePresent(order: SeenOrder): Observation {
  return { order: order.id, version: order.version, write: writeOf(order) };
}

export function observeAbsent(order: string): Observation {
  return { order, version: null, write: null };
}
