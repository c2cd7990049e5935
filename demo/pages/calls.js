// What the buttons do: the customer signs in to the shop, or out of it, and the messenger is told.

window.calls = {
  async login({ customer }) {
    await fetch("/sign-in", { method: "POST", body: new URLSearchParams({ customer }), redirect: "manual" });
    const page = location.pathname.split("/").pop();
    const token = new URLSearchParams(location.search).get("token") ?? "valid";
    const response = await fetch(`/token?page=${page}&token=${token}`);
    if (!response.ok) throw await response.json();
    return Messenger.login(await response.json());
  },
  logout: () => signOut({}),
  logoutAtProvider: () => signOut({ atProvider: true }),
  logoutEverywhere: () => signOut({ everywhere: true }),
  open: () => Messenger.open(),
};

async function signOut(options) {
  await Messenger.logout(options);
  await fetch("/sign-out", { method: "POST", redirect: "manual" });
}
