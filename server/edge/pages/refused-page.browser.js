// Stands in the frame where the messenger of a deployment is not to be had, and tells the host page why. The host's side of the
// bridge knows of nothing but the messenger (widget/bridge/messages.ts): this speaks as much of it as a refusal takes.

const error = JSON.parse(document.getElementById("vouch-refusal").textContent);

// Whoever may frame this page may know what it says: there is nothing else here to be had.
window.addEventListener("message", ({ data, source, ports: [port] }) => {
  if (source !== window.parent || data?.vouch !== "connect" || !port) return;
  const post = (message) => port.postMessage(message);

  function refuse() {
    post({ t: "error", error });
    post({ t: "closeRequested" });
  }

  port.onmessage = ({ data: { t, open, request } }) => {
    if (t === "start") {
      post({ t: "ready", appearance: {} });
      refuse();
    } else if (t === "login") post({ t: "result", request, ok: false, error });
    // There is no session to end.
    else if (t === "logout") post({ t: "result", request, ok: true, value: null });
    // Asked for again: it may have been switched on since.
    else if (t === "panel" && open) location.reload();
  };
});
