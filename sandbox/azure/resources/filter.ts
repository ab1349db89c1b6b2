import { badRequest } from '../protocol/armFault.ts';
import type { TrackedResource } from './allResources.ts';

interface ResourceFilter {
  matches(resource: TrackedResource): boolean;
  /** Azure leaves the tags out of an answer that was filtered by tag (documented). */
  readonly byTag: boolean;
}

const everything: ResourceFilter = { matches: () => true, byTag: false };

/**
 * Reads the `$filter` of a resource list: `property eq 'value'` clauses joined by `and`. As documented, a filter by tag goes
 * with no other property.
 */
export function readFilter(text: string | undefined): ResourceFilter {
  if (text === undefined || text.trim() === '') return everything;
  const clauses = Object.fromEntries(
    text.split(/\s+and\s+(?=\w+\s+eq\s)/i).map((clause) => readClause(clause, text)),
  );
  const { tagname: tagName, tagvalue: tagValue, ...properties } = clauses;
  if (tagName === undefined && tagValue === undefined) {
    return { matches: (resource) => hasProperties(resource, properties), byTag: false };
  }
  if (tagName === undefined || Object.keys(properties).length > 0) throw notSupported(text);
  return { matches: ({ tagged }) => hasTag(tagged?.tags ?? {}, tagName, tagValue), byTag: true };
}

function readClause(clause: string, text: string): [string, string] {
  const [, property, value] = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$/i.exec(clause) ?? [];
  const name = property?.toLowerCase();
  if (name === undefined || value === undefined || !known.includes(name)) throw notSupported(text);
  return [name, value.replaceAll("''", "'")];
}

const known = ['tagname', 'tagvalue', 'resourcetype', 'name', 'location', 'resourcegroup'];

function hasProperties(resource: TrackedResource, wanted: Readonly<Record<string, string>>): boolean {
  const actual: Readonly<Record<string, string | undefined>> = {
    resourcetype: resource.type,
    name: resource.name,
    location: resource.location,
    resourcegroup: resource.id.split('/')[4],
  };
  return Object.entries(wanted).every(
    ([property, value]) => actual[property]?.toLowerCase() === value.toLowerCase(),
  );
}

/** Tag names are compared without regard to case, values with. */
function hasTag(tags: Readonly<Record<string, string>>, name: string, value: string | undefined): boolean {
  return Object.entries(tags).some(
    ([tag, held]) => tag.toLowerCase() === name.toLowerCase() && (value === undefined || held === value),
  );
}

function notSupported(text: string): Error {
  return badRequest('InvalidFilterInQueryString', `Invalid $filter '${text}' specified in the query string.`);
}
