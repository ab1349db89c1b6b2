import { flatFault } from '../protocol/armFault.ts';

/** Suffixes that Azure keeps for itself (reference: "Reserved private DNS zone names"). */
const reserved = [
  'azure.com',
  'azure.net',
  'cloudapp.net',
  'trafficmanager.net',
  'microsoft.com',
  'azurewebsites.net',
];

/** Refuses a zone name that breaks Azure's rules: 2–34 labels of at most 63 characters, no reserved suffix. */
export function checkZoneName(name: string): void {
  const labels = name.split('.');
  const wellFormed = labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  if (!wellFormed || labels.length < 2 || labels.length > 34 || name.length > 253) {
    throw flatFault(400, 'BadRequest', `The zone name '${name}' is not valid.`);
  }
  if (!reserved.includes(name.toLowerCase())) return;
  throw flatFault(400, 'BadRequest', `The zone name '${name}' is reserved.`);
}

export function checkLinkName(name: string): void {
  if (/^[a-z0-9]([a-z0-9._-]{0,78}[a-z0-9_])?$/i.test(name)) return;
  throw flatFault(400, 'BadRequest', `The virtual network link name '${name}' is not valid.`);
}

/** `@`, `*`, or labels relative to the zone, the first of which may be `*`. */
export function checkRecordName(name: string): void {
  const labels = name.split('.');
  const wellFormed = labels.every(
    (label, index) =>
      (index === 0 && label === '*') || /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label),
  );
  if (name === '@' || wellFormed) return;
  throw flatFault(400, 'BadRequest', `The record set name '${name}' is not valid.`);
}
