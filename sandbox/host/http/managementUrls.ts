const NO_ID = 'INSTANCEID';

export interface ManagementPlace {
  /** Origin of the host, no trailing slash. */
  readonly origin: string;
  readonly rpcBaseUrl: string;
  readonly hubName: string;
  readonly systemKey: string;
}

/** The links that come with a start; `rewindPostUri` is only in the client's own copy. */
export function managementUrls(place: ManagementPlace, instanceId: string): Record<string, string> {
  const base = `${place.origin}/runtime/webhooks/durabletask/instances/${encodeURIComponent(instanceId).replaceAll('%3A', ':')}`;
  const hub = `taskHub=${place.hubName}&connection=Storage&code=${place.systemKey}`;
  return {
    id: instanceId,
    statusQueryGetUri: `${base}?${hub}`,
    sendEventPostUri: `${base}/raiseEvent/{eventName}?${hub}`,
    terminatePostUri: `${base}/terminate?reason={text}&${hub}`,
    purgeHistoryDeleteUri: `${base}?${hub}`,
    restartPostUri: `${base}/restart?${hub}`,
    suspendPostUri: `${base}/suspend?reason={text}&${hub}`,
    resumePostUri: `${base}/resume?reason={text}&${hub}`,
  };
}

/** What a durableClient input binding receives, as recorded (`sdk: client binding`). */
export function durableClientInput(place: ManagementPlace): string {
  const base = `${place.origin}/runtime/webhooks/durabletask`;
  const code = `code=${place.systemKey}`;
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  const { terminatePostUri = '', ...urls } = managementUrls(place, NO_ID);
  const rewindPostUri = terminatePostUri.replace('/terminate?', '/rewind?');
  return JSON.stringify({
    taskHubName: place.hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${create}?${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${code}`,
    },
    managementUrls: { ...urls, terminatePostUri, rewindPostUri },
    baseUrl: base,
    requiredQueryStringParameters: code,
    rpcBaseUrl: place.rpcBaseUrl,
    httpBaseUrl: null,
    maxGrpcMessageSizeInBytes: null,
    grpcHttpClientTimeout: null,
  });
}
