import { en } from "./en.ts";

/** Texts of what stands beside the messages (`ui/beside/`), loaded after them; keys are public like those of `en.ts`. */
export const besideTexts = {
  ...en,

  signIn: "Sign in",
  sessions: "Where you are signed in",
  emptyTitle: "How can we help?",
  empty: "Write to us. The answer is here when you come back.",

  jump: "Jump to newest",
  newMessages: "{count} new messages",
  "newMessages.one": "{count} new message",

  typing: "{name} is typing",
  typingSeveral: "Several are typing",

  notSent: "Not sent. {reason}",
  waitsForNetwork: "Waiting for the network",
  waitsForSignIn: "Waiting for you to sign in",
  outboxFull: "Too many messages are waiting. This one stays here.",
  charactersLeft: "Characters left: {count}",
  retry: "Retry",
  edit: "Edit",
  delete: "Delete",

  signedIn: "Signed in",
  verified: "Verified",
  online: "Online",
  away: "Away, will answer later",
  closed: "This conversation was closed. Write to open it again.",

  connecting: "Connecting",
  waiting: "Connection lost. Trying again.",
  offline: "You are offline. Messages wait here.",
  expired: "You are signed out. What you write is sent once you have signed in again.",
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
