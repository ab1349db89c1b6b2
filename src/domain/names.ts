/** What is wrong with a name, in a few words; null when nothing is. Sources: Azure's naming rules, Zilliz's recordings. */
export type NameFault = string | null;

/** A cluster at Zilliz: `in01-` (Dedicated), `in03-` (free), `in05-` (serverless) and lower-case letters and digits. */
export const CLUSTER_ID = /^in\d{2}-[0-9a-z]{6,40}$/;
/** Whatever Zilliz may come to call a cluster: what is noted of one is asked for in a URL. */
export const ANY_CLUSTER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const PROJECT_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{1,63}$/;
/** `az-` and Azure's short name of the location; whether Zilliz offers it is asked, not guessed. */
export const REGION_ID = /^az-[a-z0-9]{2,37}$/;

const LONGEST_TAG_NAME = 512;
const LONGEST_TAG_VALUE = 256;

/** 2–64 letters, digits, `_`, `-`. Azure allows dots too, but Zilliz's endpoint ID is `<name>.<GUID>`. */
export function privateEndpointNameFault(name: string): NameFault {
  if (name.length < 2 || name.length > 64) return 'must have 2 to 64 characters';
  if (name.includes('.')) return 'must not contain a dot: Zilliz separates name and GUID by one';
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*[A-Za-z0-9_]$/.test(name)) {
    return 'must be letters, digits, _ and -, start with a letter or digit and not end with -';
  }
  return null;
}

export function resourceGroupNameFault(name: string): NameFault {
  if (name.length < 1 || name.length > 90) return 'must have 1 to 90 characters';
  if (!/^[\p{L}\p{N}_.()-]+$/u.test(name)) return 'must be letters, digits, _ . - ( )';
  return name.endsWith('.') ? 'must not end with a dot' : null;
}

export function clusterIdFault(id: string): NameFault {
  return CLUSTER_ID.test(id) ? null : 'must look like in01-0123456789abcde';
}

export function projectIdFault(id: string): NameFault {
  return PROJECT_ID.test(id) ? null : 'must be 2 to 64 letters, digits, _ and -, e.g. proj-0123456789abcdef';
}

export function regionIdFault(id: string): NameFault {
  return REGION_ID.test(id) ? null : 'must be the ID of an Azure region at Zilliz, e.g. az-eastus';
}

export function tagFault(name: string, value: string): NameFault {
  if (name.length < 1 || name.length > LONGEST_TAG_NAME)
    return `the name must have 1 to ${LONGEST_TAG_NAME} characters`;
  if (/[<>%&\\?/\u0000-\u001f]/.test(name))
    return 'the name must not contain < > % & \\ ? / or control characters';
  if (/^(managed-by$|zpl-)/i.test(name)) return 'managed-by and zpl-… are the marks of this software';
  if (value.length > LONGEST_TAG_VALUE) return `the value must have at most ${LONGEST_TAG_VALUE} characters`;
  return null;
}
