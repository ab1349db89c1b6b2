import { sha256Base64 } from '../../domain/connection/names.ts';
import type { Probe } from '../../domain/run/result.ts';
import type { ConnectionView, PhaseView } from './connectionView.ts';
import { code, facts, Html, html, join, list, nothing, section, table } from './html.ts';
import type { Fact } from './html.ts';

const style = `
:root { color-scheme: light dark; --line: #8884; --dim: #777; --good: #18794e; --bad: #c62a2f; --busy: #0b68cb; }
@media (prefers-color-scheme: dark) { :root { --dim: #aaa; --good: #4cc38a; --bad: #ff6369; --busy: #52a9ff; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; } td, li { overflow-wrap: break-word; } code { font-size: .92em; overflow-wrap: anywhere; } .dim { color: var(--dim); }
.connected, .done, .disconnected { color: var(--good); } .failed, .degraded, .unknown, .rejected, .removed-by-zilliz, .spec-unreadable, .orphaned, .absent, .endpoint-not-visible, .unreachable { color: var(--bad); }
.running, .disconnecting, .pending, .waiting-for-dns-owner { color: var(--busy); }
progress { width: 100%; height: .7rem; accent-color: var(--busy); } section.problem { border-left: 4px solid var(--bad); padding-left: 1rem; }
`;

/** One string, because the content security policy has its digest, which covers every space. */
const styleElement = new Html(`<style>${style}</style>`);

/** No script, no request, no form and no frame around it; the address, which may hold the function key, is sent to no other site. */
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

/** The connection as a page: the same facts as the JSON, without a script. It reloads itself while the run goes on. */
export function connectionPage(view: ConnectionView): {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        ${!view.final ? html`<meta http-equiv="refresh" content="5" />` : nothing}
        <title>${view.id}: ${view.status}</title>
        ${styleElement}
      </head>
      <body>
        ${bodyOf(view)}
      </body>
    </html>`;
  return { body: page.text, headers };
}

const marks = { pending: '○', running: '◐', done: '●', skipped: '–', failed: '✕' } as const;

/** All facts of the JSON, the most important first. */
function bodyOf(view: ConnectionView): Html {
  const { id, status, percent, result, removal, undo, live } = view;
  return join([
    html`<h1>${id} <span class="${status}">${status}</span></h1>`,
    !view.final ? html`<p><progress max="100" value="${percent}"></progress></p>` : nothing,
    html`<p class="dim">As of ${view.asOf}, ${view.source}</p>`,
    problemSection(view),
    section('Warnings', list(result?.warnings.map(({ code: name, detail }) => `${name}: ${detail}`) ?? [])),
    section('Not as requested', list((live?.faults ?? []).map(faultLine))),
    section('Manual steps', list([result, removal, undo].flatMap((of) => of?.manualSteps ?? []))),
    dnsOfOthersSection(view),
    undoSection(view),
    removalSection(view),
    phaseSection(view),
    endpointSection(view),
    clusterSection(view),
    resultSection(view),
    section('Could not be read', list((live?.incomplete ?? []).map(({ reason }) => reason))),
    runSection(view),
  ]);
}

function problemSection({ problem }: ConnectionView): Html {
  if (!problem) return nothing;
  const errors = problem.errors.map(({ pointer, parameter, detail, remedy }) => [
    code(parameter ?? pointer),
    detail,
    remedy,
  ]);
  return html`<section class="problem">
    <h2>${problem.title} <span class="dim">${problem.status}</span></h2>
    <p>${problem.detail}</p>
    <p>${problem.cause}</p>
    <p><strong>${problem.remedy}</strong></p>
    ${table(['where', 'what', 'remedy'], errors)}
  </section>`;
}

function dnsOfOthersSection({ result }: ConnectionView): Html {
  if (!result) return nothing;
  const { zonesToCreate, recordsToCreate } = result;
  const zones = zonesToCreate.map(({ name }) => ['private DNS zone', code(name), '']);
  const records = recordsToCreate.map(({ name, address, ttlSeconds }) => [
    ...['A record', code(name)],
    html`${code(address)}, TTL ${ttlSeconds} s`,
  ]);
  const links = zonesToCreate.flatMap(({ name, linkedNetworks }) =>
    linkedNetworks.map((network) => ['virtual network link', code(name), code(network)]),
  );
  return section(
    'DNS that another owner creates, in this order',
    table(['what', 'name', 'leads to'], [...zones, ...records, ...links]),
  );
}

function phaseSection({ phases, deadlineAt }: ConnectionView): Html {
  const rows = phases.map((phase) => [
    html`<span class="${phase.state}">${marks[phase.state]} ${phase.phase}</span>`,
    durationOf(phase),
    phase.attempts > 0 ? phase.attempts : '',
    phase.reason ?? '',
    html`<span class="dim">${phase.guideStep}</span>`,
  ]);
  const deadline = deadlineAt === null ? nothing : html`<p class="dim">Deadline ${deadlineAt}</p>`;
  return join([section('Run', table(['phase', 'time', 'attempts', 'reason', 'guide'], rows)), deadline]);
}

function undoSection({ undo }: ConnectionView): Html {
  if (!undo) return nothing;
  const { removed, failed, omitted } = undo;
  return join([
    section('Undo', html`<p>Resources that the run had created and removed again: ${removed}</p>`),
    section('Could not be undone', list(failed.map(resourceLine))),
    omitted > 0 ? html`<p>${omitted} more are not shown; the log has them.</p>` : nothing,
  ]);
}

function removalSection({ removal }: ConnectionView): Html {
  if (!removal) return nothing;
  return join([
    section('Removed', list(removal.removed.map(({ resource, id }) => `${resource} ${id}`))),
    section('Kept', list(removal.kept.map(resourceLine))),
    section('Could not be removed', list(removal.failed.map(resourceLine))),
    writesSection(removal.writes),
  ]);
}

function resourceLine(entry: {
  readonly resource: string;
  readonly id: string;
  readonly reason: string;
}): string {
  return `${entry.resource} ${entry.id}: ${entry.reason}`;
}

function endpointSection(view: ConnectionView): Html {
  const { live, result } = view;
  const observed = live?.privateEndpoint ?? null;
  const endpoint = observed ?? result?.privateEndpoint;
  if (!endpoint) return section('Private endpoint', facts(whitelistFacts(view)));
  const rows = facts([
    ['resource', code(endpoint.id)],
    ...connectionFacts(observed),
    ['address', code(endpoint.address ?? 'none yet')],
    ['endpoint ID', code(endpoint.endpointId ?? 'not shown')],
    ['private link service', code(endpoint.target)],
    ...whitelistFacts(view),
    ...zoneFacts(live?.zones ?? result?.zones ?? []),
  ]);
  return section('Private endpoint', rows);
}

function faultLine({ code: name, clusterId, detail }: Live['faults'][number]): string {
  return `${clusterId === null ? '' : `${clusterId}: `}${name}: ${detail}`;
}

type Live = NonNullable<ConnectionView['live']>;

function connectionFacts(endpoint: Live['privateEndpoint']): readonly Fact[] {
  if (!endpoint) return [];
  return [['connection', `${endpoint.connectionState}; provisioning ${endpoint.provisioningState}`]];
}

function whitelistFacts({ whitelist }: ConnectionView): readonly Fact[] {
  if (!whitelist) return [];
  const at = whitelist.at ?? 'an unknown time';
  return [['whitelist entry', whitelist.confirmed ? `since ${at}` : `may be there, since ${at}`]];
}

/** The result of a run has the zones without their networks. */
function zoneFacts(
  zones: readonly { readonly id: string; readonly linkedNetworks?: readonly string[] }[],
): readonly Fact[] {
  return zones.flatMap(({ id, linkedNetworks = [] }): readonly Fact[] => [
    ['private DNS zone', code(id)],
    ...linkedNetworks.map((network): Fact => ['linked network', code(network)]),
  ]);
}

function clusterSection({ live }: ConnectionView): Html {
  const rows = (live?.clusters ?? []).map(({ clusterId, name, kind, status, state, reason, uri, record }) => [
    html`${name}<br /><code class="dim">${clusterId}</code>`,
    `${kind}, ${status}`,
    html`<span class="${state}">${state}</span>`,
    html`<code>${uri ?? ''}</code> ${reason ?? ''}`,
    record ? `${record.addresses.join(', ')}, TTL ${record.ttlSeconds} s` : '',
  ]);
  return section('Clusters', table(['cluster', 'at Zilliz', 'state', 'private address', 'record'], rows));
}

/** The result of the run; the clusters above are shown in their present state. */
function resultSection({ result }: ConnectionView): Html {
  if (!result) return nothing;
  const rows = result.clusters.map(({ clusterId, state, uri, reason, verification, publicAccess, probe }) => [
    code(clusterId),
    html`<span class="${state}">${state}</span>${reason === null ? '' : `: ${reason}`}`,
    join([
      uri === null ? nothing : html`<code class="dim">${uri}</code><br />`,
      verification ? html`${verification.outcome}: ${verification.detail}` : nothing,
      probe ? probeLines(probe) : nothing,
    ]),
    publicAccess ?? '',
  ]);
  return join([
    section('Proof', table(['cluster', 'after the run', 'proof', 'public endpoint'], rows)),
    writesSection(result.writes),
  ]);
}

function probeLines({ command, expected }: Probe): Html {
  return html`<p>Paste on a machine in the virtual network:<br />${code(command)}</p>
    <p>It prints:<br />${code(expected)}</p>`;
}

function writesSection(writes: Readonly<Record<string, number>>): Html {
  const counted = Object.entries(writes).filter(([, count]) => count > 0);
  const text = counted.map(([kind, count]) => `${kind} ${count}`).join(', ');
  return html`<p class="dim">Writes of this run: ${text === '' ? 'none' : text}</p>`;
}

function runSection({ workflow, startedBy, createdAt, updatedAt, request }: ConnectionView): Html {
  const known: readonly (readonly [string, string | null | undefined])[] = [
    ['workflow', workflow],
    ['started by', startedBy],
    ['started', createdAt],
    ['last change', updatedAt],
    ['project', request?.projectId],
    ['region', request?.regionId],
    ['subnet', request?.subnetId],
    ['private endpoint', request?.privateEndpointId],
  ];
  return section(
    'Request',
    facts(known.flatMap(([name, value]) => (value ? [[name, code(value)] as const] : []))),
  );
}

function durationOf({ startedAt, endedAt }: PhaseView): string {
  if (startedAt === null) return '';
  if (endedAt === null) return `since ${startedAt.slice(11, 19)}`;
  return `${Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000))} s`;
}
