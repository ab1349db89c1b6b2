export const usage = `zilliz-private-link COMMAND [ARGUMENTS] [OPTIONS]

Connects Azure virtual networks privately to Zilliz Cloud, by the app of private-link-for-zilliz-cloud-on-azure.

  plan REQUEST...           what connect would do, and what prevents it; with the ID of a connection: its drift
  connect REQUEST...        connect; a request that is running is joined, a finished one writes nothing
  wait CONNECTION...        follow the last run to its end
  status CONNECTION...      what it is now
  list                      all of them
  reconcile CONNECTION...   repair drift of what the app owns, and verify
  cancel CONNECTION         stop the run
  disconnect CONNECTION...  take it down: removes only what carries the app's marks
  release CONNECTION        hand it over: take the app's marks off, change nothing else
  clusters CONNECTION [add|remove CLUSTER]   DNS of its clusters
  export CONNECTION         its resources as code

REQUEST: a file with the JSON body of POST /api/connections, or a list of them; - is the standard input.
CONNECTION: its ID, or the file with its request.

  --wait                    connect, reconcile, disconnect, clusters: until it has ended
  --timeout MINUTES         how long to wait (default 90)
  --interval SECONDS        between two reads (default: as the app says)
  --project ID --region ID --subnet ID   plan, connect: a request without a file
  --allow-replace           reconcile: delete and create again an endpoint whose connection Zilliz removed
  --format terraform|bicep  export (default terraform)
  --json                    one JSON document on the standard output; progress goes to the other
  --app URL, --key KEY, --token TOKEN, --audience URI, --function-app NAME, --resource-group GROUP
                            the app and the caller; or the environment (ZILLIZ_PRIVATE_LINK_URL, _KEY, _TOKEN, _AUDIENCE,
                            _FUNCTION_APP, _RESOURCE_GROUP), azd env, az
  --help, --version

Exit codes: 0 as asked; 1 failed; 2 not understood; 3 degraded, waiting for a DNS owner, drifted or not known; 4 still running at the limit.
`;
