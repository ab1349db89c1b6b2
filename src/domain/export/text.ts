// An export contains text from other users: tags, names and times of resources. Such text is written only as a quoted value or
// in a comment, through the functions below.

/** Characters that end a line in some parsers, control a terminal, or are invisible: controls, separators, direction marks. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Exactly one comment line of HCL, for any text. */
export function terraformComment(text: string): string {
  return `# ${visible(text)}`;
}

/** Exactly one comment line of Bicep, for any text. */
export function bicepComment(text: string): string {
  return `// ${visible(text)}`;
}

function visible(text: string): string {
  return wellFormed(text).replace(INVISIBLE, ' ');
}

/** A string literal of HCL. The text cannot end the literal or open a template. */
export function terraformQuoted(text: string): string {
  const escaped = wellFormed(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    // Doubling only the last of several signs could pair them wrongly, and the brace would then open a template.
    .replaceAll(/[$%]+(?=\{)/g, (signs) =>
      signs.length === 1 ? signs + signs : signs.replaceAll(/./g, terraformCode),
    )
    .replaceAll(INVISIBLE, terraformCode);
  return `"${escaped}"`;
}

function terraformCode(character: string): string {
  const code = codeOf(character);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** A string literal of Bicep. The text cannot end the literal or open an expression. */
export function bicepQuoted(text: string): string {
  const escaped = wellFormed(text)
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('${', '\\${')
    .replaceAll(INVISIBLE, (character) => `\\u{${codeOf(character)}}`);
  return `'${escaped}'`;
}

/** Replaces unpaired surrogates, which no UTF-8 file can hold. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
