import { sha256Base64 } from '../domain/digest.ts';
import type { ConnectionView, PhaseView } from './connectionView.ts';
import { Html, html, join, nothing } from './html.ts';

const marks = { pending: '○', running: '◐', done: '●', skipped: '–', failed: '✕' } as const;

const style = `
:root { color-scheme: light dark; --line: #8884; --dim: #777; --good: #18794e; --bad: #c62a2f; --busy: #0b68cb; }
@media (prefers-color-scheme: dark) { :root { --dim: #aaa; --good: #4cc38a; --bad: #ff6369; --busy: #52a9ff; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } code { font-size: .92em; overflow-wrap: anywhere; } .dim { color: var(--dim); }
.connected, .done { color: var(--good); } .failed, .partial, .incomplete { color: var(--bad); } .running { color: var(--busy); }
progress { width: 100%; height: .7rem; accent-color: var(--busy); } section.problem { border-left: 4px solid var(--bad); padding-left: 1rem; }
`;

/** Whole, because the policy names its content by a digest, to the last space. */
const styleElement = new Html(`<style>${style}</style>`);

/** A connection for people: the same facts as the JSON, without a script. It loads itself again while the run goes on. */
export function connectionPage(view: ConnectionView): { readonly body: string; readonly policy: string } {
  const body = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        ${view.status === 'running' ? html`<meta http-equiv="refresh" content="5" />` : nothing}
        <title>${view.id}: ${view.status}</title>
        ${styleElement}
      </head>
      <body>
        <h1>${view.id} <span class="${view.status}">${view.status}</span></h1>
        ${view.status === 'running' ? html`<p><progress max="100" value="${view.percent}"></progress></p>` : nothing}
        ${problemSection(view)} ${phaseSection(view)} ${endpointSection(view)} ${clusterSection(view)}
        ${listSection('Proof', proofs(view))}
        ${listSection('Warnings', view.result?.warnings.map(({ code, detail }) => `${code}: ${detail}`) ?? [])}
        ${listSection('For a person to do', (view.result ?? view.removal)?.actionsForPeople ?? [])}
        ${listSection('Kept', view.removal?.kept.map(({ resource, id, reason }) => `${resource} ${id}: ${reason}`) ?? [])}
        ${listSection('Could not be read', view.live?.unread ?? [])}
      </body>
    </html>`;
  return {
    body: body.text,
    policy: `default-src 'none'; style-src 'sha256-${sha256Base64(style)}'; base-uri 'none'`,
  };
}

function problemSection({ problem }: ConnectionView): Html {
  if (!problem) return nothing;
  const errors = problem.errors.map(
    ({ pointer, detail, remedy }) =>
      html`<tr>
        <td><code>${pointer}</code></td>
        <td>${detail}</td>
        <td>${remedy}</td>
      </tr>`,
  );
  return html`<section class="problem">
    <h2>${problem.title}</h2>
    <p>${problem.detail}</p>
    <p>${problem.cause}</p>
    <p><strong>${problem.remedy}</strong></p>
    ${
      errors.length > 0
        ? html`<table>
            <tr>
              <th>where</th>
              <th>what</th>
              <th>remedy</th>
            </tr>
            ${join(errors)}
          </table>`
        : nothing
    }
  </section>`;
}

function phaseSection({ phases }: ConnectionView): Html {
  if (phases.length === 0) return nothing;
  const rows = phases.map(
    (phase) =>
      html`<tr>
        <td class="${phase.state}">${marks[phase.state]} ${phase.phase}</td>
        <td>${durationOf(phase)}</td>
        <td>${phase.reason ?? ''}</td>
        <td class="dim">${phase.guideStep}</td>
      </tr>`,
  );
  return html`<h2>Run</h2>
    <table>
      <tr>
        <th>phase</th>
        <th>time</th>
        <th>reason</th>
        <th>guide</th>
      </tr>
      ${join(rows)}
    </table>`;
}

function endpointSection({ live }: ConnectionView): Html {
  if (!live?.privateEndpoint) return nothing;
  const { id, connectionState, endpointId, address, target } = live.privateEndpoint;
  const rows = [
    ['resource', id],
    ['connection', connectionState],
    ['address', address ?? 'none yet'],
    ['endpoint ID', endpointId ?? 'not shown'],
    ['private link service', target],
    ...live.zones.map(({ id: zone }) => ['private DNS zone', zone]),
  ].map(
    ([name = '', value = '']) =>
      html`<tr>
        <th>${name}</th>
        <td><code>${value}</code></td>
      </tr>`,
  );
  return html`<h2>Private endpoint</h2>
    <table>
      ${join(rows)}
    </table>
    <p class="dim">Read ${live.readAt}</p>`;
}

function clusterSection({ live }: ConnectionView): Html {
  if (!live || live.clusters.length === 0) return nothing;
  const rows = live.clusters.map(
    ({ clusterId, name, state, reason, uri, record }) =>
      html`<tr>
        <td>${name}<br /><code class="dim">${clusterId}</code></td>
        <td class="${state}">${state}</td>
        <td><code>${uri ?? ''}</code> ${reason ?? ''}</td>
        <td>${record?.addresses.join(', ') ?? ''}</td>
      </tr>`,
  );
  return html`<h2>Clusters</h2>
    <table>
      <tr>
        <th>cluster</th>
        <th>state</th>
        <th>private address</th>
        <th>record</th>
      </tr>
      ${join(rows)}
    </table>`;
}

function proofs({ result }: ConnectionView): readonly string[] {
  return (result?.clusters ?? []).flatMap(({ clusterId, verification }) =>
    verification ? `${clusterId}: ${verification.outcome}. ${verification.detail}` : [],
  );
}

function listSection(title: string, lines: readonly string[]): Html {
  if (lines.length === 0) return nothing;
  return html`<h2>${title}</h2>
    <ul>
      ${join(lines.map((line) => html`<li>${line}</li>`))}
    </ul>`;
}

function durationOf({ startedAt, endedAt }: PhaseView): string {
  if (startedAt === null) return '';
  if (endedAt === null) return `since ${startedAt.slice(11, 19)}`;
  return `${Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000))} s`;
}
