const newestCode = async (signal) => {
  const response = await fetch("/oidc/code", { signal });
  return response.ok ? response.json() : null; // { authCode, redirectUri, codeVerifier, nonce, iss }, each code once
};

/** Who is signed in at the provider gets a new code without seeing anything of it. */
const silently = (address) =>
  new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.src = address;
    frame.onload = () => resolve(frame.remove());
    document.body.append(frame);
  });

const signInAtProvider = async () => location.assign(`/oidc/start?to=${location.pathname}`);

Messenger.registerPlugin("AuthProvider", {
  async getAuthCode({ signal }) {
    const code = await newestCode(signal);
    if (code) return code;
    await silently("/oidc/start?silent");
    return newestCode(signal); // null: nobody is signed in there
  },
  signIn: signInAtProvider,
  reAuthenticate: signInAtProvider,
});
