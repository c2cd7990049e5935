// Hands what the sign-in came to over to the messenger that opened this window, and closes the window. The ticket is in
// the page and not in the address: addresses end up in histories and logs.

const message = JSON.parse(document.getElementById("vouch-sign-in").textContent);
const opener = window.opener;
const answerMs = 1000;

// The provider's code and state have done their work.
history.replaceState(null, "", location.pathname);
document.getElementById("close").addEventListener("click", () => window.close());

// A provider may cut the tie to the opener (Cross-Origin-Opener-Policy). Frames on our own origin hear this channel,
// unless the browser keeps those of other sites apart.
const channel = new BroadcastChannel("vouch:sign-in");
channel.addEventListener("message", ({ data }) => {
  if (data?.vouch === "signInTaken") finish();
});
window.addEventListener("message", ({ data, origin }) => {
  if (origin === location.origin && data?.vouch === "signInTaken") finish();
});

if (opener && !opener.closed) {
  // To our own origin alone: any other page that opened this window learns nothing.
  opener.postMessage(message, location.origin);
  setTimeout(finish, answerMs / 2);
} else {
  channel.postMessage(message);
  setTimeout(tell, answerMs);
}

/** Whoever could not sign in is left the time to read why. */
function finish() {
  if (message.ticket !== undefined) window.close();
}

/** Also what a browser shows that lets no script close the window. */
function tell() {
  if (message.ticket === undefined) return;
  document.getElementById("closing").hidden = true;
  document.getElementById("unanswered").hidden = false;
}
