/**
 * Everything people read in the messenger, in English. Keys are public: a site overrides single texts by key
 * (`strings` of its settings). `{name}` is filled in when the text is shown. A text with a `{count}` may have more forms,
 * one for each plural category of the language (CLDR): `newMessages.one` beside `newMessages`.
 */
export const en = {
  // The names of `CONTRACT.md`, section 3
  conversation: "Conversation",
  message: "Message",
  send: "Send",

  close: "Close messenger",
  signedInAs: "Signed in as {name}",
  signedIn: "Signed in",
  verified: "Verified",
  signIn: "Sign in",

  opening: "Opening",
  emptyTitle: "How can we help?",
  empty: "Write to us. The answer is here when you come back.",
  loadingOlder: "Loading",
  today: "Today",
  yesterday: "Yesterday",
  new: "New",
  jump: "Jump to newest",
  newMessages: "{count} new messages",
  "newMessages.one": "{count} new message",

  contact: "You",
  agent: "Support",
  system: "Notice",
  typing: "{name} is typing",
  typingSeveral: "Several are typing",

  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
  notSent: "Not sent. {reason}",
  retry: "Retry",
  delete: "Delete",

  placeholder: "Write a message",
  charactersLeft: "Characters left: {count}",

  connecting: "Connecting",
  waiting: "Connection lost. Trying again.",
  offline: "You are offline. Messages wait here.",
  expired: "Your sign-in has expired. Messages wait. Please sign in again.",
  tryNow: "Try now",
  connected: "Connected again",

  signInRequiredTitle: "Sign in to chat",
  signInRequired: "Your conversation follows you to every device.",
  loggedOutTitle: "You are signed out",
  loggedOut: "Your conversation is gone from this page.",
  failedTitle: "The messenger can't open",
  code: "Code: {code}",

  "problem.identity": "Your sign-in was not confirmed. Please sign in again.",
  "problem.setup": "The messenger is not set up correctly on this page.",
  "problem.closed": "The messenger is switched off.",
  "problem.network": "The server can't be reached. Please check your connection.",
  "problem.unavailable": "The server can't answer. Please try again.",
  "problem.tooFast": "Too many messages. Please wait.",
  "problem.tooLong": "The message is too long. Please split it.",
  "problem.unexpected": "Something went wrong.",
} as const;

type English = typeof en;
type PluralForm = `${string}.${Intl.LDMLPluralRule}`;
export type TextKey = Exclude<keyof English, PluralForm>;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What a text wants filled in, by name. */
export type Values<Key extends TextKey> = {
  readonly [Name in Placeholders<English[Key]>]: Name extends "count" ? number : string;
};
