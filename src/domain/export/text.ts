// What an export writes was written by others: tags, names and times of resources. It reaches a file only as a quoted value or
// within a comment, through the functions below.

/** Whatever ends a line for some reader, drives a terminal, or is not seen: controls, separators, marks of direction. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** One comment line of HCL, whatever the text holds. */
export function terraformComment(text: string): string {
  return `# ${seen(text)}`;
}

/** One comment line of Bicep, whatever the text holds. */
export function bicepComment(text: string): string {
  return `// ${seen(text)}`;
}

function seen(text: string): string {
  return wellFormed(text).replace(UNSEEN, ' ');
}

/** A time in one form; null for a text that is none. */
export function timeIn(text: string): string | null {
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** A string literal of HCL: nothing in it ends it, and nothing is taken for a template. */
export function terraformQuoted(text: string): string {
  const escaped = wellFormed(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    // A sign before a sign could be read together with it, and leave the brace to open a template.
    .replaceAll(/[$%]+(?=\{)/g, (signs) =>
      signs.length === 1 ? signs + signs : signs.replaceAll(/./g, terraformCode),
    )
    .replaceAll(UNSEEN, terraformCode);
  return `"${escaped}"`;
}

function terraformCode(character: string): string {
  const code = codeOf(character);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** A string literal of Bicep: nothing in it ends it, and nothing is taken for an expression. */
export function bicepQuoted(text: string): string {
  return `'${bicepEscaped(text)}'`;
}

/** The same for a part of a literal. */
export function bicepEscaped(text: string): string {
  return wellFormed(text)
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('${', '\\${')
    .replaceAll(UNSEEN, (character) => `\\u{${codeOf(character)}}`);
}

/** Half of a pair of code units is no character of any file. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
