import { z } from 'zod';

const times = z.union([z.number().int().positive(), z.literal('always')]);

/** What goes wrong with a call. `answerLost` and `garbage` happen after the operation has done its work. */
const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int(),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal('delay'), milliseconds: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('answerLost') }),
  z.strictObject({ kind: z.literal('garbage'), text: z.string().default('<html>not what you asked for') }),
  z.strictObject({ kind: z.literal('truncated') }),
  z.strictObject({ kind: z.literal('slowBody'), milliseconds: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('duplicate') }),
]);

export const faultOrderSchema = z.strictObject({
  /** Operation name, e.g. `privateEndpoints.put`, or `*`. */
  call: z.string(),
  fault: faultSchema,
  /** How many calls it hits. */
  times: times.default(1),
  /** How many matching calls pass unharmed first. */
  after: z.number().int().nonnegative().default(0),
  /** Only calls whose path contains this text, compared without regard to case. */
  path: z.string().optional(),
});

export type Fault = z.infer<typeof faultSchema>;
export type FaultOrder = z.input<typeof faultOrderSchema>;

/** The faults ordered for the simulators of one sandbox, in the order in which they were given. */
export class Faults {
  #orders: { call: string; path: string | undefined; fault: Fault; after: number; left: number }[] = [];

  order(order: FaultOrder): void {
    const { call, fault, times, after, path } = faultOrderSchema.parse(order);
    this.#orders.push({
      call,
      fault,
      after,
      path: path?.toLowerCase(),
      left: times === 'always' ? Infinity : times,
    });
  }

  clear(): void {
    this.#orders = [];
  }

  get isEmpty(): boolean {
    return this.#orders.length === 0;
  }

  /** The fault that hits this call, if any; counts the call against the orders it matches. */
  take(call: string, path: string): Fault | undefined {
    const lowerPath = path.toLowerCase();
    for (const order of this.#orders) {
      if (order.call !== '*' && order.call !== call) continue;
      if (order.path !== undefined && !lowerPath.includes(order.path)) continue;
      if (order.after > 0) {
        order.after -= 1;
        continue;
      }
      if (order.left <= 0) continue;
      order.left -= 1;
      return order.fault;
    }
    return undefined;
  }
}
