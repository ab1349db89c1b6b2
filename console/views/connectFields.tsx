import type { ComponentChildren, JSX } from 'preact';
import type { Options } from '../api.ts';
import { fieldLabels } from '../parts/words.ts';
import type { FieldPointer } from '../parts/words.ts';
import type { Draft } from './draft.ts';

/** What the app finds wrong with the request; the pointer names the field in its body. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

export interface FieldsOptions {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly options: Options;
  readonly faults: readonly FieldFault[];
}

interface FieldOptions {
  readonly name: string;
  /** Default: that of the pointer. */
  readonly label?: string;
  readonly hint?: string;
  /** Of the field in the body of the request. */
  readonly pointer: FieldPointer;
  readonly faults: readonly FieldFault[];
}

/** The faults of a field and of what is in it. */
function faultsAt(faults: readonly FieldFault[], pointer: string): readonly FieldFault[] {
  return faults.filter((fault) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`));
}

/** What a screen reader says of a field beside its label. */
export function described({ name, pointer, faults }: Pick<FieldOptions, 'name' | 'pointer' | 'faults'>): {
  readonly 'aria-invalid'?: true;
  readonly 'aria-describedby'?: string;
} {
  const isWrong = faultsAt(faults, pointer).length > 0;
  return isWrong ? { 'aria-invalid': true, 'aria-describedby': `${name}-fault` } : {};
}

export function Field({
  name,
  pointer,
  label = fieldLabels[pointer],
  hint,
  faults,
  children,
}: FieldOptions & { children: ComponentChildren }): JSX.Element {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
      <FaultsAt {...{ name, pointer, faults }} />
      {hint !== undefined && <p class="quiet">{hint}</p>}
    </div>
  );
}

function FaultsAt({
  name,
  pointer,
  faults,
}: Pick<FieldOptions, 'name' | 'pointer' | 'faults'>): JSX.Element | null {
  const own = faultsAt(faults, pointer);
  if (own.length === 0) return null;
  return (
    <p class="field-fault" id={`${name}-fault`}>
      {own.map(({ detail }) => detail).join('; ')}
    </p>
  );
}

type TextOptions = Omit<FieldOptions, 'name'> & {
  readonly name: Exclude<{ [K in keyof Draft]: string extends Draft[K] ? K : never }[keyof Draft], undefined>;
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly placeholder?: string;
  readonly required?: boolean;
  /** ID of the list of what the API offers. */
  readonly list?: string;
  readonly inputMode?: 'decimal' | 'numeric';
  /** More than one line. */
  readonly rows?: number;
};

/** A field for text. What has one line has no blanks at its ends. */
export function TextField(options: TextOptions): JSX.Element {
  const { name, draft, change, rows, placeholder, required = false, list, inputMode } = options;
  const common = {
    ...{ id: name, placeholder, required, value: draft[name], autocomplete: 'off', spellcheck: false },
    ...described(options),
  };
  const set = (value: string): void => change({ [name]: value });
  return (
    <Field {...options}>
      {rows === undefined ? (
        <input
          {...{ ...common, list, inputMode }}
          onInput={(event) => set(event.currentTarget.value.trim())}
        />
      ) : (
        <textarea {...{ ...common, rows }} onInput={(event) => set(event.currentTarget.value)} />
      )}
    </Field>
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

function Check(options: {
  checked: boolean;
  change: (checked: boolean) => void;
  under?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const { checked, change, under = false, children } = options;
  return (
    <label class={under ? 'choice under' : 'choice'}>
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}

export function DnsFields({ draft, change, faults }: FieldsOptions): JSX.Element {
  const isRegional = draft.manageDns && draft.layout === 'regional';
  return (
    <fieldset>
      <legend>DNS</legend>
      <Choice
        name="layout"
        checked={isRegional}
        choose={() => change({ manageDns: true, layout: 'regional' })}
      >
        one zone for the region, as the guide says. It hides the region’s public names from the network
      </Choice>
      {isRegional && (
        <>
          <Check
            under
            checked={draft.refuseHiddenNames}
            change={(refuseHiddenNames) => change({ refuseHiddenNames })}
          >
            stop before public names would no longer resolve
          </Check>
          <Check
            under
            checked={draft.autoRegistration}
            change={(autoRegistration) => change({ autoRegistration })}
          >
            register the machines of the network in the zone (auto registration)
          </Check>
        </>
      )}
      <FaultsAt name="hiddenNames" pointer="/dns/hiddenNames" faults={faults} />
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

const pointersOfMore = [
  '/privateEndpoint',
  '/dns/zoneResourceGroupId',
  '/dns/linkedNetworks',
  '/tags',
  '/deadlineMinutes',
];

/** What has a good default. */
export function MoreFields({ draft, change, faults }: FieldsOptions): JSX.Element {
  const fields = { draft, change, faults };
  const isWrong = pointersOfMore.some((pointer) => faultsAt(faults, pointer).length > 0);
  return (
    <details class="more" open={isWrong}>
      <summary>Advanced: names, address, tags, other networks</summary>
      <div class="more-fields">
        <TextField
          {...{ ...fields, name: 'endpointName', pointer: '/privateEndpoint/name' }}
          placeholder="derived from project, region and subnet"
        />
        <TextField
          {...{ ...fields, name: 'endpointResourceGroup', pointer: '/privateEndpoint/resourceGroup' }}
          placeholder="that of the virtual network"
          hint="Name or resource ID, in the subscription of the network."
        />
        <TextField
          {...{ ...fields, name: 'staticIpAddress', pointer: '/privateEndpoint/staticIpAddress' }}
          placeholder="a free one of the subnet"
          inputMode="decimal"
          hint="Set when it is created, and not changed afterwards."
        />
        <TextField
          {...{ ...fields, name: 'networkInterfaceName', pointer: '/privateEndpoint/networkInterfaceName' }}
          placeholder="chosen by Azure"
          hint="Set when it is created, and not changed afterwards."
        />
        <TextField
          {...{ ...fields, name: 'zoneResourceGroupId', pointer: '/dns/zoneResourceGroupId' }}
          placeholder="that of the private endpoint"
          hint="Resource ID. It may be in another subscription."
        />
        <TextField
          {...{ ...fields, name: 'linkedNetworks', pointer: '/dns/linkedNetworks', rows: 2 }}
          hint="Resource IDs, one a line. Default: the network of the subnet."
        />
        <TextField
          {...{ ...fields, name: 'tags', pointer: '/tags', rows: 2 }}
          hint="name=value, one a line"
        />
        <TextField
          {...{ ...fields, name: 'deadlineMinutes', pointer: '/deadlineMinutes' }}
          placeholder="60"
          inputMode="numeric"
        />
        <Check checked={draft.adopt} change={(adopt) => change({ adopt })}>
          take over a private endpoint that was made by hand, if it matches
        </Check>
        <Check checked={draft.undo} change={(undo) => change({ undo })}>
          if the run fails, remove what it has created
        </Check>
      </div>
    </details>
  );
}
