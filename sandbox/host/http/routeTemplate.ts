/** An HTTP trigger's route: `start/{name}/{id?}`, `files/{*path}`, constraints (`{id:int}`) are taken as plain parameters. */
export interface RouteTemplate {
  /** Smaller comes first: literal segments are preferred to parameters, from the left. */
  readonly order: string;
  /** The parameters of a path, or undefined when it does not fit. Missing optional ones are left out. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

interface Segment {
  readonly name: string;
  readonly kind: 'literal' | 'parameter' | 'optional' | 'rest';
}

const ORDER = { literal: '0', parameter: '1', optional: '2', rest: '3' } as const;

export function routeTemplate(template: string): RouteTemplate {
  const segments = template
    .split('/')
    .filter((part) => part !== '')
    .map(parseSegment);
  return {
    order: segments.map(({ kind }) => ORDER[kind]).join(''),
    match: (path) => matchSegments(segments, path),
  };
}

function parseSegment(part: string): Segment {
  const inner = /^\{(\*?)(\w+)(?::[^}?]*)?(\??)\}$/.exec(part);
  if (!inner) return { name: part, kind: 'literal' };
  const [, star, name = '', question] = inner;
  if (star === '*') return { name, kind: 'rest' };
  return { name, kind: question === '?' ? 'optional' : 'parameter' };
}

function matchSegments(segments: readonly Segment[], path: string): Record<string, string> | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'rest') {
      const rest = parts.slice(index);
      if (rest.length > 0) parameters[segment.name] = decoded(rest.join('/'));
      return parameters;
    }
    const part = parts[index];
    if (part === undefined) {
      if (segment.kind === 'optional') continue;
      return undefined;
    }
    if (segment.kind !== 'literal') parameters[segment.name] = decoded(part);
    else if (decoded(part).toLowerCase() !== segment.name.toLowerCase()) return undefined;
  }
  return parts.length > segments.length ? undefined : parameters;
}

/** Decodes all but `%2F`, as the real host does: a parameter cannot gain a slash. */
function decoded(text: string): string {
  const pieces = text.split(/(%2f)/i);
  return pieces.map((piece) => (/^%2f$/i.test(piece) ? piece : safely(piece))).join('');
}

function safely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
