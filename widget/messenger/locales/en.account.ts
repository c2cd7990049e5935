/** Texts of what few customers ever see, loaded with it; keys are public like those of `en.ts`. */
export const accountTexts = {
  takeAlongTitle: "Continue this conversation?",
  takeAlong: "You are signing in. What you wrote before can become part of your account, or stay behind.",
  takeAlongLaterTitle: "Continue as {name}?",
  takeAlongLater:
    "Before signing in you wrote here as a visitor. That conversation can become part of your account.",
  continue: "Continue",
  startFresh: "Start fresh",
  notNow: "Cancel",

  leftBehind: "You are signed in. Your earlier messages stay behind.",
  popupBlocked: "The sign-in window was blocked. Please allow pop-ups.",
  signInFailed: "You could not be signed in. Please try again.",
  understood: "OK",

  sessionsTitle: "Where you are signed in",
  sessionsClose: "Back to the conversation",
  sessionsLoading: "Loading",
  sessionsFailed: "That did not work. Please check your connection.",
  sessionsRetry: "Retry",
  sessionsOnly: "You are signed in nowhere else.",
  thisDevice: "This device",
  signedInSince: "Since {date}",
  signOut: "Sign out",
  signOutOf: "Sign out: {device}",
  signOutOthers: "Sign out everywhere else",
  signedOut: "Signed out: {device}",
  signedOutOthers: "Signed out everywhere else",
} as const;
