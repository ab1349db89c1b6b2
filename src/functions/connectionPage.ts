import { sha256Base64 } from '../domain/digest.ts';
import { bodyOf } from './connectionSections.ts';
import type { ConnectionView } from './connectionView.ts';
import { Html, html, nothing } from './html.ts';

const style = `
:root { color-scheme: light dark; --line: #8884; --dim: #777; --good: #18794e; --bad: #c62a2f; --busy: #0b68cb; }
@media (prefers-color-scheme: dark) { :root { --dim: #aaa; --good: #4cc38a; --bad: #ff6369; --busy: #52a9ff; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; } td, li { overflow-wrap: break-word; } code { font-size: .92em; overflow-wrap: anywhere; } .dim { color: var(--dim); }
.connected, .done, .disconnected { color: var(--good); } .failed, .partial, .incomplete, .rejected, .removed-by-zilliz, .spec-unreadable, .orphaned, .absent, .endpoint-not-visible, .unreachable { color: var(--bad); }
.running, .working, .pending { color: var(--busy); }
progress { width: 100%; height: .7rem; accent-color: var(--busy); } section.problem { border-left: 4px solid var(--bad); padding-left: 1rem; }
`;

/** Whole, because the policy names its content by a digest, to the last space. */
const styleElement = new Html(`<style>${style}</style>`);

/** No script, no request, no form and no frame around it; the address, which may hold the function key, goes to nobody. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${sha256Base64(style)}'`,
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** A connection for people: the same facts as the JSON, without a script. It loads itself again while the run goes on. */
export function connectionPage(view: ConnectionView): {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        ${view.status === 'running' ? html`<meta http-equiv="refresh" content="5" />` : nothing}
        <title>${view.id}: ${view.status}</title>
        ${styleElement}
      </head>
      <body>
        ${bodyOf(view)}
      </body>
    </html>`;
  return { body: page.text, headers };
}
