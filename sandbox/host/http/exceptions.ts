import type { Instance } from '../hub/instance.ts';
import { jsonReply } from './message.ts';
import type { HostReply } from './message.ts';

/** The management API puts .NET exceptions into its responses. Their stack is not imitated. */
export function exceptionReply(
  status: number,
  message: string,
  exception: { readonly message: string; readonly type: string },
): HostReply {
  return jsonReply(status, {
    Message: message,
    ExceptionMessage: exception.message,
    ExceptionType: exception.type,
    StackTrace: '   at Microsoft.Azure.WebJobs.Extensions.DurableTask.HttpApiHandler.HandleRequestAsync',
  });
}

export function wrongStateReply(operation: 'suspend' | 'resume', instance: Instance): HostReply {
  return exceptionReply(500, 'Something went wrong while processing your request', {
    message: `Cannot ${operation} the orchestration instance ${instance.instanceId} because instance is in the ${instance.status} state.`,
    type: 'System.InvalidOperationException',
  });
}
