import { z } from 'zod';
import { badRequest } from '../protocol/armFault.ts';
import { checkTags, tagsSchema } from '../resources/tagRules.ts';

const connectionSchema = z.object({
  name: z.string(),
  properties: z.object({
    privateLinkServiceId: z.string(),
    groupIds: z.array(z.string()).optional(),
    requestMessage: z.string().optional(),
  }),
});

const bodySchema = z.object({
  location: z.string(),
  tags: tagsSchema.optional(),
  properties: z.object({
    subnet: z.object({ id: z.string() }),
    privateLinkServiceConnections: z.array(connectionSchema).optional(),
    manualPrivateLinkServiceConnections: z.array(connectionSchema).optional(),
    customNetworkInterfaceName: z.string().optional(),
    applicationSecurityGroups: z.array(z.object({ id: z.string() })).optional(),
    ipConfigurations: z
      .array(z.object({ name: z.string(), properties: z.record(z.string(), z.string()) }))
      .optional(),
  }),
});

/** A private endpoint as the caller wants it. */
export interface WantedEndpoint {
  readonly location: string;
  readonly tags: Record<string, string>;
  readonly subnetId: string;
  readonly manual: boolean;
  readonly connectionName: string;
  /** Alias or resource ID, as written. */
  readonly target: string;
  readonly groupIds: string[];
  readonly requestMessage: string | undefined;
  readonly customNetworkInterfaceName: string;
  readonly applicationSecurityGroups: { id: string }[];
  readonly ipConfigurations: { name: string; properties: Record<string, string> }[];
}

const nameRule = /^[a-z0-9]([a-z0-9._-]{0,78}[a-z0-9_])?$/i;
const LONGEST_REQUEST_MESSAGE = 140;

/** Reads the body of a PUT; what is wrong with it by itself is a 400. */
export function readEndpointRequest(name: string, body: unknown): WantedEndpoint {
  checkName(name);
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error);
  const { location, tags = {}, properties } = parsed.data;
  const { privateLinkServiceConnections: automatic = [], manualPrivateLinkServiceConnections: manual = [] } =
    properties;
  const [connection, second] = [...automatic, ...manual];
  if (!connection || second) {
    throw badRequest(
      'InvalidRequestFormat',
      `Private endpoint ${name} must have exactly one private link service connection.`,
    );
  }
  checkName(connection.name);
  const { privateLinkServiceId: target, requestMessage, groupIds = [] } = connection.properties;
  checkTarget(target, manual.length > 0);
  if (requestMessage !== undefined && requestMessage.length > LONGEST_REQUEST_MESSAGE) {
    throw badRequest(
      'InvalidRequestFormat',
      `Request message of private endpoint ${name} is longer than ${LONGEST_REQUEST_MESSAGE} characters.`,
    );
  }
  checkTags(tags);
  return {
    location: location.replaceAll(' ', '').toLowerCase(),
    tags,
    subnetId: properties.subnet.id,
    manual: manual.length > 0,
    connectionName: connection.name,
    target,
    groupIds,
    requestMessage,
    customNetworkInterfaceName: properties.customNetworkInterfaceName ?? '',
    applicationSecurityGroups: properties.applicationSecurityGroups ?? [],
    ipConfigurations: properties.ipConfigurations ?? [],
  };
}

function malformed(error: z.ZodError): Error {
  const first = error.issues[0];
  if (first?.path[0] === 'location') {
    return badRequest('LocationRequired', 'The location property is required for this definition.');
  }
  const where = first?.path.join('.') ?? '';
  return badRequest(
    'InvalidRequestFormat',
    `Cannot parse the request. ${where}: ${first?.message ?? 'not JSON'}`,
  );
}

function checkName(name: string): void {
  if (nameRule.test(name)) return;
  throw badRequest(
    'InvalidResourceName',
    `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
  );
}

function checkTarget(target: string, manual: boolean): void {
  const isAlias = /^[^/]+\.[0-9a-f-]{36}\.[a-z0-9]+\.azure\.privatelinkservice$/i.test(target);
  const isResourceId = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/.+\/[^/]+$/i.test(
    target,
  );
  if (isAlias ? manual : isResourceId) return;
  throw badRequest(
    'InvalidPrivateLinkServiceId',
    isAlias
      ? `Private link service alias ${target} needs a manual private link service connection.`
      : `Private link service id ${target} is neither a resource ID nor an alias.`,
  );
}
