import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The recordings of the real Azure; see SOURCE.md beside them. */
const RECORDINGS = join(import.meta.dirname, '../fixtures/arm-recordings');

const headers = z.record(z.string(), z.string());
const exchangeSchema = z.object({
  seq: z.number(),
  request: z.object({ method: z.string(), url: z.string(), headers, body: z.unknown() }),
  response: z.object({ status: z.number(), headers, body: z.unknown() }),
});

export type ArmExchange = z.infer<typeof exchangeSchema>;
export type ArmResponse = ArmExchange['response'];

export const conversationNames = [
  'private-endpoint',
  'zone-missing',
  'zone-create',
  'link-create',
  'link-delete',
  'record-set-a',
  'record-set-precondition',
] as const;

export interface Conversation {
  readonly name: string;
  readonly exchanges: readonly ArmExchange[];
}

export function conversation(name: (typeof conversationNames)[number]): Conversation {
  const text = readFileSync(join(RECORDINGS, `${name}.json`), 'utf8');
  return { name, exchanges: z.array(exchangeSchema).parse(JSON.parse(text)) };
}
