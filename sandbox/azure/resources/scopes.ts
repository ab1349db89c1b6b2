const group = '/subscriptions/{subscription}/resourceGroups/{group}';

/** A resource, and one nested in another. */
export const resourcePaths = [
  `${group}/providers/{namespace}/{type}/{name}`,
  `${group}/providers/{namespace}/{type}/{name}/{childType}/{childName}`,
] as const;

/** Every scope that an extension resource (tags, permissions, locks) can be asked of, the widest first. */
export const scopePaths = ['/subscriptions/{subscription}', group, ...resourcePaths] as const;
