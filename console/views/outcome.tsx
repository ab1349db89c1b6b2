import type { JSX } from 'preact';
import type { ConnectionView } from '../api.ts';
import { Card, Notice } from '../parts/common.tsx';
import { counted, nameOf, withoutRequests } from '../parts/words.ts';

/** What the last run leaves to people, and what it warns of. */
export function Outcome({ view }: { view: ConnectionView }): JSX.Element {
  const { result, removal, undo } = view;
  const manualSteps = (result ?? removal ?? undo)?.manualSteps ?? [];
  const warnings = result?.warnings ?? [];
  return (
    <>
      {warnings.length > 0 && (
        <Notice kind="warning" title={counted(warnings.length, 'warning')}>
          <ul class="roomy">
            {warnings.map(({ code, detail }) => (
              <li key={code + detail}>{withoutRequests(detail)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <DnsOfOthers view={view} />
      {manualSteps.length > 0 && (
        <Card title="Manual steps: no API can do these">
          <ul class="roomy">
            {manualSteps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ul>
        </Card>
      )}
      {removal && <Removed {...removal} />}
      {undo && (
        <Notice
          kind={undo.failed.length > 0 ? 'error' : 'info'}
          title={`Undone: ${counted(undo.removed, 'resource')} removed`}
        >
          <Resources list={undo.failed} />
          {undo.omitted > 0 && <p>{undo.omitted} more are in the log.</p>}
        </Notice>
      )}
    </>
  );
}

type Resource = { readonly resource: string; readonly id: string; readonly reason?: string };

function Resources({ list }: { list: readonly Resource[] }): JSX.Element {
  return (
    <ul>
      {list.map(({ resource, id, reason }) => (
        <li key={resource + id}>
          {resource} <code title={id}>{nameOf(id)}</code>
          {reason !== undefined && <span class="quiet">: {reason}</span>}
        </li>
      ))}
    </ul>
  );
}

function Removed({ removed, kept, failed }: NonNullable<ConnectionView['removal']>): JSX.Element {
  return (
    <Card title="What the disconnect did">
      {failed.length > 0 && (
        <>
          <h3>Could not be removed</h3>
          <Resources list={failed} />
        </>
      )}
      <h3>Removed</h3>
      {removed.length === 0 ? <p class="quiet">Nothing was left.</p> : <Resources list={removed} />}
      {kept.length > 0 && (
        <>
          <h3>Kept</h3>
          <Resources list={kept} />
        </>
      )}
    </Card>
  );
}

/** With `dns.manage: false`: what the owner of DNS creates, in this order. */
function DnsOfOthers({ view: { result } }: { view: ConnectionView }): JSX.Element | null {
  if (!result || result.zonesToCreate.length + result.recordsToCreate.length === 0) return null;
  return (
    <Card title="DNS that another owner creates, in this order">
      <ol class="roomy">
        {result.zonesToCreate.map(({ name }) => (
          <li key={name}>
            private DNS zone <code>{name}</code>
          </li>
        ))}
        {result.recordsToCreate.map(({ name, address, ttlSeconds }) => (
          <li key={name}>
            A record <code>{name}</code> → <code>{address}</code>, TTL {ttlSeconds} s
          </li>
        ))}
        {result.zonesToCreate.flatMap(({ name, linkedNetworks }) =>
          linkedNetworks.map((network) => (
            <li key={name + network}>
              virtual network link from <code>{name}</code> to <code title={network}>{nameOf(network)}</code>,
              last
            </li>
          )),
        )}
      </ol>
    </Card>
  );
}
