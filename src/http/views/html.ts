/** Markup that is safe to send: all text in it that came from outside is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export const nothing = new Html('');

/** Puts values into markup: text is escaped, markup is not. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html)[]): Html {
  const text = parts.map((part, index) => {
    const value = values[index];
    if (value === undefined) return part;
    return part + (value instanceof Html ? value.text : escaped(String(value)));
  });
  return new Html(text.join(''));
}

export function join(parts: readonly Html[]): Html {
  return new Html(parts.map(({ text }) => text).join(''));
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

type Cell = string | number | Html;

/** A name with its value. */
export type Fact = readonly [name: string, value: Cell];

/** A heading with its content; nothing where the content is empty. */
export function section(title: string, content: Html): Html {
  return content === nothing
    ? nothing
    : html`<h2>${title}</h2>
        ${content}`;
}

export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  if (rows.length === 0) return nothing;
  return html`<table>
    <tr>
      ${join(heads.map((head) => html`<th>${head}</th>`))}
    </tr>
    ${join(
      rows.map(
        (cells) =>
          html`<tr>
            ${join(cells.map((cell) => html`<td>${cell}</td>`))}
          </tr>`,
      ),
    )}
  </table>`;
}

export function facts(rows: readonly Fact[]): Html {
  if (rows.length === 0) return nothing;
  const lines = rows.map(
    ([name, value]) =>
      html`<tr>
        <th>${name}</th>
        <td>${value}</td>
      </tr>`,
  );
  return html`<table>
    ${join(lines)}
  </table>`;
}

export function list(lines: readonly string[]): Html {
  if (lines.length === 0) return nothing;
  return html`<ul>
    ${join(lines.map((line) => html`<li>${line}</li>`))}
  </ul>`;
}

export function code(text: string): Html {
  return html`<code>${text}</code>`;
}
