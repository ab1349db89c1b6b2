import type * as z from 'zod';

const nouns: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false' },
  ...{ object: 'an object', record: 'an object', array: 'a list' },
};

const units: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' };

/** What a schema finds wrong, in the words of the API and never with the value; a schema's own message comes before. */
export const schemaWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${nouns[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      if (issue.minimum === 1 && issue.origin in units) return 'must not be empty';
      return sized(issue.origin, 'at least', Number(issue.minimum));
    case 'too_big':
      return sized(issue.origin, 'at most', Number(issue.maximum));
    case 'invalid_format':
      return issue.format === 'guid' ? 'must be a GUID' : 'does not have the right form';
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return undefined;
  }
};

function sized(origin: string, bound: string, size: number): string {
  const unit = units[origin];
  return unit === undefined ? `must be ${bound} ${size}` : `must have ${bound} ${size} ${unit}`;
}
