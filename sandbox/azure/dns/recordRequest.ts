import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { flatFault } from '../protocol/armFault.ts';
import type { RecordType, RecordValue } from '../state/dnsSchema.ts';
import { limits } from './limits.ts';

/** The property that holds the values of a record set of each type, empty as a new record set has it. */
const holders = {
  A: { property: 'aRecords', empty: [] },
  AAAA: { property: 'aaaaRecords', empty: [] },
  CNAME: { property: 'cnameRecord', empty: null },
  MX: { property: 'mxRecords', empty: [] },
  PTR: { property: 'ptrRecords', empty: [] },
  SOA: { property: 'soaRecord', empty: null },
  SRV: { property: 'srvRecords', empty: [] },
  TXT: { property: 'txtRecords', empty: [] },
} as const satisfies Record<RecordType, { property: string; empty: [] | null }>;

const bodySchema = z.object({
  properties: z
    .looseObject({
      ttl: z.number().int().optional(),
      metadata: z.record(z.string(), z.string()).nullish(),
      aRecords: z.array(z.object({ ipv4Address: z.string() })).optional(),
      aaaaRecords: z.array(z.object({ ipv6Address: z.string() })).optional(),
      cnameRecord: z.object({ cname: z.string() }).optional(),
    })
    .optional(),
});

/** A record set as the caller wants it; what the body does not say is undefined. */
export interface WantedRecord {
  readonly ttl: number | undefined;
  readonly metadata: Record<string, string> | null | undefined;
  readonly values: RecordValue | undefined;
}

const LONGEST_TTL = 2_147_483_647;

/** Reads the body of a PUT or PATCH. */
export function readRecordRequest(name: string, type: RecordType, body: unknown): WantedRecord {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success)
    throw bad(`The request body is not a record set: ${parsed.error.issues[0]?.message ?? ''}`);
  const properties = parsed.data.properties ?? {};
  const { ttl, metadata, aRecords = [], aaaaRecords = [] } = properties;
  if (ttl !== undefined && (ttl < 0 || ttl > LONGEST_TTL)) {
    throw bad(`The TTL ${ttl} of the record set '${name}' is not between 0 and ${LONGEST_TTL}.`);
  }
  const wrong =
    aRecords.find(({ ipv4Address }) => !isIPv4(ipv4Address))?.ipv4Address ??
    aaaaRecords.find(({ ipv6Address }) => !isIPv6(ipv6Address))?.ipv6Address;
  if (wrong !== undefined) throw bad(`The value '${wrong}' of the record set '${name}' is no IP address.`);
  const values = z.json().optional().parse(properties[holders[type].property]);
  if (Array.isArray(values) && values.length > limits.recordsPerRecordSet) {
    throw bad(`The record set '${name}' may hold at most ${limits.recordsPerRecordSet} records.`);
  }
  return { ttl, metadata, values };
}

/** The values of a record set under their property, as they are kept and shown. */
export function recordValues(type: RecordType, values: RecordValue | undefined): Record<string, RecordValue> {
  const { property, empty } = holders[type];
  return { [property]: values ?? empty };
}

function bad(message: string): Error {
  return flatFault(400, 'BadRequest', message);
}
