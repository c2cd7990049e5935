/**
 * Everything people read in the messenger, in English. Keys are public: a site overrides single texts by key
 * (`strings` of its settings). `{name}` is filled in when the text is shown. A text that depends on a number has one key
 * for each plural form of the language (CLDR category), `.other` always among them.
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

  opening: "Opening the conversation",
  emptyTitle: "How can we help?",
  emptyText: "Write to us here. You can leave, and find the answer when you come back.",
  loadingOlder: "Loading earlier messages",
  today: "Today",
  yesterday: "Yesterday",
  new: "New",
  jump: "Jump to newest",
  "newMessages.one": "{count} new message",
  "newMessages.other": "{count} new messages",

  you: "You",
  agent: "Support",
  system: "Notice",
  typingOne: "{name} is typing",
  typingUnnamed: "Support is typing",
  typingSeveral: "Several people are typing",

  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
  retry: "Retry",
  delete: "Delete",

  placeholder: "Write a message",
  "charactersLeft.one": "{count} character left",
  "charactersLeft.other": "{count} characters left",
  "charactersOver.one": "{count} character too many",
  "charactersOver.other": "{count} characters too many",
  waitsForSignIn: "Your sign-in has expired. Messages you send wait here until you sign in again.",

  connecting: "Connecting",
  offline: "You are offline. Messages are sent once you are back.",
  "retryIn.one": "No connection. Next attempt in {count} second.",
  "retryIn.other": "No connection. Next attempt in {count} seconds.",
  connectionLost: "Connection lost. Trying again.",
  tryNow: "Try now",
  connected: "Connected again",

  messageFrom: "{author}: {text}",
  notSent: "Message not sent. {reason}",

  signInRequiredTitle: "Sign in to chat",
  signInRequired: "Sign in on this site, and your conversation follows you to every device.",
  loggedOutTitle: "You are signed out",
  loggedOut: "Nothing of your conversation is left on this page.",
  failedTitle: "The messenger can't open",
  code: "Code: {code}",

  "problem.identity": "We couldn't confirm your sign-in. Please sign in again.",
  "problem.expired": "Your sign-in has expired. Please sign in again.",
  "problem.signIn": "Please sign in first.",
  "problem.setup": "The messenger is not set up correctly on this page. Please tell the site's team.",
  "problem.closed": "The messenger is switched off at the moment.",
  "problem.network": "We can't reach the server. Please check your connection.",
  "problem.unavailable": "The server can't answer at the moment. Please try again shortly.",
  "problem.tooFast": "That was a lot at once. Please wait a moment.",
  "problem.tooLong": "The message is too long. Please split it into several.",
  "problem.empty": "The message has no text.",
  "problem.attachment": "The attachment is not accepted.",
  "problem.unexpected": "Something went wrong on our side.",
} as const;

type English = typeof en;
export type TextKey = keyof English;

/** What a number picks a form of: `newMessages` for `newMessages.one` and `newMessages.other`. */
export type CountedKey = TextKey extends infer Key
  ? Key extends `${infer Stem}.other`
    ? Stem
    : never
  : never;

type FormKey = `${CountedKey}.${Intl.LDMLPluralRule}`;

/** A catalogue. Other languages may need more plural forms than English. */
export type Texts = { readonly [Key in TextKey]: string } & { readonly [Key in FormKey]?: string };

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What a text wants filled in, by name. */
export type Values<Key extends TextKey> = Readonly<Record<Placeholders<English[Key]>, string>>;
