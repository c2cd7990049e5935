// “Sign in” in the messenger leads to the shop's own sign-in. A page without such a listener leaves it to the messenger.

Messenger.on("signInRequested", () => {
  location.assign(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
});
