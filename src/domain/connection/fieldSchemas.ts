import * as z from 'zod';
import { clusterIdFault, projectIdFault, regionIdFault, resourceGroupNameFault } from './names.ts';
import type { NameFault } from './names.ts';
import {
  parsePrivateEndpointId,
  parseResourceGroupId,
  parseSubnetId,
  parseVirtualNetworkId,
} from './resourceId.ts';

// The fields that a request, the specification in the tags of a private endpoint and the input of a run have in common. A value
// is checked by the same rules in all three.

const LONGEST_ID = 1024;
const MOST_NETWORKS = 50;

export function text(fault: (value: string) => NameFault, longest: number): z.ZodString {
  return z
    .string()
    .max(longest)
    .superRefine((value, context) => {
      const message = fault(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    });
}

function id(parse: (value: string) => unknown, example: string): z.ZodString {
  return text(
    (value) =>
      parse(value) === null ? `must be a resource ID like ${example}${meantId(value, parse)}` : null,
    LONGEST_ID,
  );
}

/** The ID in a text that was copied with more than it: an address, blanks, encoded slashes, a resource inside or around. */
function meantId(value: string, parse: (value: string) => unknown): string {
  if (value.length > LONGEST_ID) return '';
  const plain = value.replace(/%2f/gi, '/').replace(/\/{2,}/g, '/');
  const [, path = ''] = /(subscriptions\/[^?#\s]*[^?#\s/])/i.exec(plain) ?? [];
  const segments = path.split('/');
  const outer = segments.map((_, index) => `/${segments.slice(0, segments.length - index).join('/')}`);
  const found = outer.find((id) => parse(id) !== null);
  if (found !== undefined) return `: did you mean ${found}?`;
  return parse(`/${path}/subnets/name`) === null ? '' : ': this is a virtual network, add /subnets/<name>';
}

function unique(values: readonly string[]): boolean {
  return new Set(values.map((value) => value.toLowerCase())).size === values.length;
}

const groupExample = '/subscriptions/<GUID>/resourceGroups/<name>';
const networkExample = `${groupExample}/providers/Microsoft.Network/virtualNetworks/<name>`;

export const projectIdSchema = text(projectIdFault, 64);
export const regionIdSchema = text(regionIdFault, 40);
const clusterIdSchema = text(clusterIdFault, 45);

export const resourceGroupIdSchema = id(parseResourceGroupId, groupExample);
/** A group of the network's subscription, by its name or its resource ID. */
export const resourceGroupSchema = text((value) => {
  if (!value.startsWith('/')) return resourceGroupNameFault(value);
  return parseResourceGroupId(value) === null
    ? `must be a name, or a resource ID like ${groupExample}`
    : null;
}, LONGEST_ID);
export const virtualNetworkIdSchema = id(parseVirtualNetworkId, networkExample);
export const subnetIdSchema = id(parseSubnetId, `${networkExample}/subnets/<name>`);
export const privateEndpointIdSchema = id(
  parsePrivateEndpointId,
  `${groupExample}/providers/Microsoft.Network/privateEndpoints/<name>`,
);

export const linkedNetworksSchema = z
  .array(virtualNetworkIdSchema.meta({ description: 'A virtual network to link.' }))
  .min(1)
  .max(MOST_NETWORKS)
  .refine(unique, 'must not name a network twice');

export const clusterIdsSchema = z
  .array(clusterIdSchema.meta({ description: 'ID of a Dedicated cluster.' }))
  .refine(unique, 'must not name a cluster twice');

/** ISO 8601 with a time zone. The app writes times into marks in this form. */
export const timeSchema = z.iso.datetime({ offset: true });

/** What is known of the subscription's entry on Zilliz's whitelist, which no API lists or removes. */
export const whitelistEntrySchema = z.object({
  at: timeSchema.nullable().meta({ description: 'When the app asked for it; null: not known' }),
  confirmed: z.boolean().meta({ description: 'Whether Zilliz confirmed it. False: it may be there' }),
});

export type WhitelistEntry = Readonly<z.infer<typeof whitelistEntrySchema>>;
