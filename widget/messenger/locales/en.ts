/**
 * What people read in the messenger, in English; `en.beside.ts` and `en.account.ts` have the rest. Keys are public: a site overrides single texts by key
 * (`strings` of its settings). `{name}` is filled in when the text is shown. A text with a `{count}` may have more forms,
 * one for each plural category of the language (CLDR): `newMessages.one` beside
 * `newMessages`.
 */
export const en = {
  // Host pages and their tests find things by these names
  conversation: "Conversation",
  message: "Message",
  send: "Send",

  close: "Close messenger",
  signedInAs: "Signed in as {name}",

  opening: "Opening",
  loadingOlder: "Loading",
  today: "Today",
  yesterday: "Yesterday",
  new: "New",

  contact: "You",
  agent: "Support",
  system: "Notice",

  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",

  placeholder: "Write a message",
} as const;

/** A catalogue: texts by key. */
export type Texts = Readonly<Record<string, string>>;

type PluralForm = `${string}.${Intl.LDMLPluralRule}`;
export type KeyOf<Catalogue extends Texts> = Exclude<keyof Catalogue & string, PluralForm>;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What a text wants filled in, by name. */
export type ValuesOf<Catalogue extends Texts, Key extends keyof Catalogue> = {
  readonly [Name in Placeholders<Catalogue[Key]>]: Name extends "count" ? number : string;
};
