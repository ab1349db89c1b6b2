import type { FailureDetails } from './history.ts';

/** The version of the Durable extension whose histories are written. */
export type DurableExtension = '3.15' | '3.19';

interface FailureTexts {
  readonly reason: string;
  readonly details: string;
  readonly structured?: FailureDetails;
}

/**
 * The text of a failed activity in the history, with a .NET exception around the function's own message and stack. Durable
 * extension 3.19 adds what it reads of the failure as fields (azure-functions-durable-extension 3451).
 */
export function activityFailure(
  name: string,
  error: { readonly message: string; readonly stack: string },
  extension: DurableExtension,
): FailureTexts {
  const details = {
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: ` ${error.message}`,
    Data: null,
    InnerException: {
      $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
      IsUserException: false,
      RemoteStackTrace: error.stack,
      RemoteMessage: error.message,
      RemoteTypeName: null,
      Message: `Result: Failure\nException: ${error.message}\nStack: ${error.stack}`,
      Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
      InnerException: null,
      HelpLink: null,
      Source: 'System.Private.CoreLib',
      HResult: -2146233088,
      StackTrace: '   at Microsoft.Azure.WebJobs.Script.Description.WorkerFunctionInvoker.InvokeCore',
    },
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: -2146233088,
    Source: null,
    WatsonBuckets: null,
  };
  return {
    reason: `Activity function '${name}' failed:  ${error.message}`,
    details: JSON.stringify(details),
    ...(extension === '3.19' && { structured: structuredFailure(error) }),
  };
}

function structuredFailure({
  message,
  stack,
}: {
  readonly message: string;
  readonly stack: string;
}): FailureDetails {
  return {
    ErrorType: 'Error',
    ErrorMessage: message,
    StackTrace: stack,
    InnerFailure: null,
    IsNonRetriable: false,
    Properties: null,
  };
}
