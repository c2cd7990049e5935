// Keeps what the messenger reports, for report.js to show. A body put in place by navigation.js must not record twice.
if (!window.reported) {
  window.reported = [];
  const record = (name, detail) => {
    window.reported.push({ name, detail, at: new Date() });
    window.dispatchEvent(new Event("reported"));
  };
  for (const name of [
    "ready",
    "opened",
    "closed",
    "unread",
    "messageReceived",
    "authenticating",
    "authenticated",
    "tokenExpiring",
    "tokenExpired",
    "loggedOut",
    "authError",
    "error",
  ])
    Messenger.on(name, (detail) => record(name, detail));
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    record("policy violation", { effectiveDirective, blockedURI }),
  );
}
