/** Calls that the frame has not answered yet, oldest first: logouts, then at most one login. */

import type { FrameMessage, HostMessage, LoginResult } from "../bridge/messages.ts";
import { MessengerError } from "../bridge/messenger-error.ts";

export type CallMessage = Extract<HostMessage, { t: "login" | "logout" }>;

export interface PendingCalls {
  add(message: CallMessage): Promise<LoginResult | null>;
  /** To be sent again where the frame was loaded again before it answered. */
  messages(): CallMessage[];
  /** Answers to calls that wait no longer are ignored. */
  answer(answer: Extract<FrameMessage, { t: "result" }>): void;
  /** @param only one kind of call; all where it is left out */
  reject(error: MessengerError, only?: CallMessage["t"]): void;
}

interface Pending {
  readonly message: CallMessage;
  readonly resolve: (value: LoginResult | null) => void;
  readonly reject: (error: MessengerError) => void;
}

export function createPendingCalls(): PendingCalls {
  const calls = new Map<number, Pending>();
  return {
    add: (message) =>
      new Promise((resolve, reject) => {
        calls.set(message.request, { message, resolve, reject });
      }),
    messages: () => [...calls.values()].map(({ message }) => message),
    answer: (answer) => {
      const call = calls.get(answer.request);
      calls.delete(answer.request);
      if (answer.ok) call?.resolve(answer.value);
      else call?.reject(new MessengerError(answer.error.code, answer.error.message, answer.error.retryable));
    },
    reject: (error, only) => {
      for (const [request, { message, reject }] of calls) {
        if (only && message.t !== only) continue;
        calls.delete(request);
        reject(error);
      }
    },
  };
}
