import type { Clock } from '../../platform/clock.ts';

export type SandboxOrder = {
  readonly number: string;
  readonly userId: string;
  readonly currency: string;
  readonly items: readonly {
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
    readonly unitPrice: string;
  }[];
};

const articles = [
  ['CUP-01', 'Enamel cup', '12.90'],
  ['BAG-02', 'Canvas bag', '34.50'],
  ['PEN-03', 'Fountain pen', '27.00'],
  ['LMP-04', 'Desk lamp', '58.00'],
  ['NTB-05', 'Notebook, ruled', '6.40'],
] as const;
const currencies = ['EUR', 'EUR', 'EUR', 'USD', 'GBP'] as const;
/** Beyond this number the oldest are forgotten. */
const kept = 10_000;

/** Orders placed at the sandbox since it started. Their numbers are unique to this start: another start places others. */
export class SandboxOrders {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #startedMs: number;
  readonly #start: string;
  #forgotten = 0;
  #orders: SandboxOrder[] = [];
  #placedByItself = 0;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#startedMs = clock.monotonic();
    this.#start = clock.now().toString(36).toUpperCase();
  }

  get placed(): number {
    return this.#forgotten + this.#orders.length;
  }

  place(count: number): void {
    for (let made = 0; made < count; made += 1) this.#orders.push(this.#make(this.placed + 1));
    const surplus = Math.max(0, this.#orders.length - kept);
    this.#orders = this.#orders.slice(surplus);
    this.#forgotten += surplus;
  }

  /** Without a cursor, or with one of another start, begins at the first order. */
  page(after: string | null, limit: number): { orders: readonly SandboxOrder[]; next: string; more: boolean } {
    this.#placeWhatIsDue();
    const [start, text] = after?.split('.') ?? [];
    const seen = start === this.#start && /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
    const begin = Math.max(0, seen - this.#forgotten);
    const orders = this.#orders.slice(begin, begin + limit);
    const next = `${this.#start}.${Math.min(this.#forgotten + begin, this.placed) + orders.length}`;
    return { orders, next, more: begin + orders.length < this.#orders.length };
  }

  #placeWhatIsDue(): void {
    if (this.#everyMs === 0) return;
    const due = Math.floor((this.#clock.monotonic() - this.#startedMs) / this.#everyMs);
    this.place(Math.min(due - this.#placedByItself, kept));
    this.#placedByItself = due;
  }

  #make(n: number): SandboxOrder {
    const items = Array.from({ length: 1 + (n % 3) }, (_, line) => {
      const [sku, name, unitPrice] = articles[(n * 7 + line * 3) % articles.length] ?? articles[0];
      return { sku, name, quantity: 1 + ((n + line) % 2), unitPrice };
    });
    return {
      number: `P-${this.#start}-${n}`,
      userId: String(1 + ((n * 37) % 997)),
      currency: currencies[n % currencies.length] ?? 'EUR',
      items,
    };
  }
}
