import { html, join, nothing } from './html.ts';
import type { Html } from './html.ts';

type Cell = string | number | Html;

/** A heading with what stands under it; nothing where there is nothing to say. */
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

/** Names with their values. */
export function facts(rows: readonly (readonly [name: string, value: Cell])[]): Html {
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
