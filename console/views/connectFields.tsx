import type { ComponentChildren, JSX } from 'preact';
import type { Options } from '../api.ts';
import type { Draft } from './draft.ts';

export interface FieldsOptions {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly options: Options;
}

export function Field(options: {
  name: string;
  label: string;
  hint?: string;
  children: ComponentChildren;
}): JSX.Element {
  const { name, label, hint, children } = options;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
      {hint !== undefined && <p class="quiet">{hint}</p>}
    </div>
  );
}

export function Choice(options: {
  name: string;
  checked: boolean;
  choose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const { name, checked, choose, children } = options;
  return (
    <label class="choice">
      <input type="radio" name={name} checked={checked} onChange={choose} />
      <span>{children}</span>
    </label>
  );
}

export function DnsFields({ draft, change }: FieldsOptions): JSX.Element {
  return (
    <fieldset>
      <legend>DNS</legend>
      <Choice
        name="layout"
        checked={draft.manageDns && draft.layout === 'regional'}
        choose={() => change({ manageDns: true, layout: 'regional' })}
      >
        one zone for the region, as the guide says. It hides the region’s public names from the network
      </Choice>
      {draft.manageDns && draft.layout === 'regional' && (
        <label class="choice under">
          <input
            type="checkbox"
            checked={draft.refuseHiddenNames}
            onChange={(event) => change({ refuseHiddenNames: event.currentTarget.checked })}
          />
          <span>stop before public names would no longer resolve</span>
        </label>
      )}
      <Choice
        name="layout"
        checked={draft.manageDns && draft.layout === 'per-cluster'}
        choose={() => change({ manageDns: true, layout: 'per-cluster' })}
      >
        a zone for each cluster, which hides no name
      </Choice>
      <Choice name="layout" checked={!draft.manageDns} choose={() => change({ manageDns: false })}>
        another team owns DNS: list what it has to create, and wait for it
      </Choice>
    </fieldset>
  );
}

export function MoreFields({ draft, change }: FieldsOptions): JSX.Element {
  const text = (
    name: 'endpointName' | 'zoneResourceGroupId',
    label: string,
    placeholder: string,
  ): JSX.Element => (
    <Field name={name} label={label}>
      <input
        {...{ id: name, placeholder, autocomplete: 'off', spellcheck: false }}
        value={draft[name]}
        onInput={(event) => change({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
  return (
    <details class="more">
      <summary>More: names, tags, other networks</summary>
      {text('endpointName', 'Name of the private endpoint', 'derived from project, region and subnet')}
      {text('zoneResourceGroupId', 'Resource group of the zones', 'that of the private endpoint')}
      <Field
        name="linkedNetworks"
        label="Networks to link"
        hint="Resource IDs, one a line. Default: the network of the subnet."
      >
        <textarea
          {...{ id: 'linkedNetworks', rows: 2, spellcheck: false }}
          value={draft.linkedNetworks}
          onInput={(event) => change({ linkedNetworks: event.currentTarget.value })}
        />
      </Field>
      <Field name="tags" label="Tags" hint="name=value, one a line">
        <textarea
          {...{ id: 'tags', rows: 2, spellcheck: false }}
          value={draft.tags}
          onInput={(event) => change({ tags: event.currentTarget.value })}
        />
      </Field>
      <label class="choice">
        <input
          type="checkbox"
          checked={draft.undo}
          onChange={(event) => change({ undo: event.currentTarget.checked })}
        />
        <span>if the run fails, remove what it has created</span>
      </label>
    </details>
  );
}
