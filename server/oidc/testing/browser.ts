/** What of a browser a sign-in needs: cookies by origin, and redirects followed one by one. */

export interface Browser {
  /** Follows redirects until an answer, or until an address that `stop` names, which is not asked for. */
  open(url: string, stop?: (url: URL) => boolean): Promise<Visit>;
  post(url: string, form: URLSearchParams): Promise<Visit>;
  /** Forgets what a site has set. */
  clearCookies(origin: string): void;
}

export interface Visit {
  readonly url: URL;
  /** null where the visit was stopped before it. */
  readonly response: Response | null;
  readonly text: string;
}

const maxRedirects = 20;

export function createBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>();

  async function ask(url: URL, init: RequestInit): Promise<Response> {
    const jar = jars.get(url.origin) ?? new Map<string, string>();
    jars.set(url.origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const isOver = /;\s*max-age=0|;\s*expires=Thu, 01 Jan 1970/i.test(line);
      if (isOver) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  async function visit(start: URL, init: RequestInit, stop: (url: URL) => boolean): Promise<Visit> {
    let [url, request] = [start, init];
    for (let hop = 0; hop < maxRedirects; hop++) {
      if (stop(url)) return { url, response: null, text: "" };
      const response = await ask(url, request);
      const location = response.headers.get("location");
      if (location === null) return { url, response, text: await response.text() };
      [url, request] = [new URL(location, url), {}];
    }
    throw new Error(`More than ${maxRedirects} redirects, the last to ${url.pathname}.`);
  }

  return {
    open: (url, stop = () => false) => visit(new URL(url), {}, stop),
    post: (url, form) =>
      visit(
        new URL(url),
        {
          method: "POST",
          body: form.toString(),
          headers: { "content-type": "application/x-www-form-urlencoded" },
        },
        () => false,
      ),
    clearCookies: (origin) => void jars.delete(origin),
  };
}
