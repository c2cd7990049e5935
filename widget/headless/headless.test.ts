import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deployment } from "../messenger/fixtures/fake-browser.ts";
import { FakeCompanion } from "../messenger/fixtures/fake-companion.ts";
import type { UpdateWords } from "../messenger/outbox/words.ts";
import type { Socket } from "../messenger/surroundings.ts";
import {
  createHeadlessClient,
  type HeadlessClient,
  type HeadlessOptions,
  type HeadlessStorage,
} from "./headless.ts";
import { keptWords, memoryStorage, mirror } from "./storage.ts";

let companion: FakeCompanion;
let clients: HeadlessClient[];
beforeEach(() => {
  companion = new FakeCompanion();
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.close();
});

async function open(options: Partial<HeadlessOptions> = {}): Promise<HeadlessClient> {
  const client = await createHeadlessClient({
    url: "https://chat.acme.example",
    deploymentId: "acme-web",
    fetch: async (address, init) => {
      const path = String(address).replace("https://chat.acme.example", "");
      if (path === "/api/v1/deployments/acme-web") return Response.json(deployment("required", {}));
      if (path.startsWith("/api/v1/deployments/"))
        return Response.json(
          { code: "deployment_unknown", detail: "There is no such deployment.", fix: "Compare." },
          { status: 404 },
        );
      return companion.fetch(path, init ?? {});
    },
    WebSocket: socketsOf(companion),
    ...options,
  });
  clients.push(client);
  return client;
}

/** The platform's class over the companion's sockets. */
function socketsOf(companion: FakeCompanion): NonNullable<HeadlessOptions["WebSocket"]> {
  return class {
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    readonly #socket: Socket;

    constructor(_url: string) {
      this.#socket = companion.openSocket({
        opened: () => this.onopen?.(),
        text: (data) => this.onmessage?.({ data }),
        closed: (code, reason) => this.onclose?.({ code, reason }),
      });
    }

    send(text: string): void {
      this.#socket.send(text);
    }

    close(): void {
      this.#socket.close();
    }
  } as unknown as NonNullable<HeadlessOptions["WebSocket"]>;
}

/** What a proxy makes of sockets that it does not let through. */
const blockedSockets = class {
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor() {
    queueMicrotask(() => this.onclose?.({ code: 1006, reason: "" }));
  }

  send(): void {}
  close(): void {}
} as unknown as NonNullable<HeadlessOptions["WebSocket"]>;

/** A deployment that takes visitors. */
const visitorsToo: NonNullable<HeadlessOptions["fetch"]> = async (address, init) => {
  const { pathname, search } = new URL(String(address));
  return pathname.startsWith("/api/v1/deployments/")
    ? Response.json(deployment("optional", {}))
    : companion.fetch(pathname + search, init ?? {});
};

const lines = (client: HeadlessClient): string[] =>
  client
    .state()
    .thread.entries.map((entry) =>
      entry.kind === "message" ? `${entry.message.text} (${entry.status ?? "-"})` : `${entry.text} (waits)`,
    );

const contactOf = (client: HeadlessClient): string => {
  const { session } = client.state();
  return session.kind === "open" ? session.contact.id : "";
};

describe("a headless client", () => {
  test("logs in, sends, hears, reads and counts", async () => {
    const client = await open();
    const unread: number[] = [];
    const seqs: number[] = [];
    client.on("unread", ({ count }) => unread.push(count));
    client.on("messageReceived", ({ seq }) => seqs.push(seq));
    const { contact } = await client.login({ contactJwt: "ada.1" });
    await expect.poll(() => client.state().connection).toBe("live");
    client.send("Hello");
    await expect.poll(() => lines(client)).toEqual(["Hello (sent)"]);
    companion.agentSays(contact.id, "Hi");
    await expect.poll(() => lines(client)).toEqual(["Hello (sent)", "Hi (-)"]);
    expect([client.state().unread, seqs]).toEqual([1, [2]]);
    client.markRead(2);
    await expect.poll(() => companion.readSeqs.get(contact.id)).toBe(2);
    expect([client.state().unread, unread]).toEqual([0, [1, 0]]);
  });

  test("tells subscribers of every change, until they leave", async () => {
    const client = await open();
    const phases: string[] = [];
    const leave = client.subscribe(({ session }) => {
      if (phases.at(-1) !== session.kind) phases.push(session.kind);
    });
    await client.login({ contactJwt: "ada.1" });
    expect(phases).toEqual(["signInRequired", "opening", "open"]);
    leave();
    await client.logout();
    expect(phases).toHaveLength(3);
  });

  test("asks its provider when the session has expired, and sends what was written meanwhile", async () => {
    const reasons: string[] = [];
    const client = await open({
      authProvider: {
        getToken: async ({ reason }) => ({ contactJwt: `ada.${reasons.push(reason)}` }),
      },
    });
    const { contact } = await client.login();
    await expect.poll(() => client.state().connection).toBe("live");
    companion.expiredIdentityTokens.add("ada.1");
    companion.expire(companion.socketsOf(contact.id)[0]?.sessionToken ?? "");
    client.send("Still me");
    await expect.poll(() => lines(client)).toEqual(["Still me (sent)"]);
    expect(reasons).toEqual(["start", "expired"]);
  });

  test("rejects a login that the server refuses, with its code", async () => {
    const client = await open();
    await expect(client.login({ contactJwt: "bad.1" })).rejects.toMatchObject({ code: "signature_invalid" });
  });

  test("sends what waited in its storage when the same customer comes back, and nobody else's", async () => {
    const storage = memoryStorage();
    const first = await open({ storage });
    await first.login({ contactJwt: "ada.1" });
    await expect.poll(() => first.state().connection).toBe("live");
    first.networkChanged(false);
    first.send("Do not lose me");
    await expect.poll(() => kept(storage, contactOf(first))).toContain("Do not lose me");
    first.close();

    const stranger = await open({ storage });
    await stranger.login({ contactJwt: "bob.1" });
    await expect.poll(() => stranger.state().connection).toBe("live");
    expect(lines(stranger)).toEqual([]);
    const second = await open({ storage });
    await second.login({ contactJwt: "ada.2" });
    await expect.poll(() => lines(second)).toEqual(["Do not lose me (sent)"]);
    await expect.poll(() => kept(storage, contactOf(second))).toBe("[]");
  });

  test("wipes what waits when the customer logs out", async () => {
    const storage = memoryStorage();
    const client = await open({ storage });
    await client.login({ contactJwt: "ada.1" });
    const contactId = contactOf(client);
    await expect.poll(() => client.state().connection).toBe("live");
    client.networkChanged(false);
    client.send("A secret");
    await expect.poll(() => kept(storage, contactId)).toContain("A secret");
    await client.logout();
    expect([await kept(storage, contactId), lines(client)]).toEqual([null, []]);
  });

  test("tries a message that failed again, sends other words in its place, or drops it; others stay", async () => {
    const client = await open();
    await client.login({ contactJwt: "ada.1" });
    await expect.poll(() => client.state().connection).toBe("live");
    companion.refuse = () => ({ code: "message_too_long" });
    for (const text of ["One", "Two", "Three"]) client.send(text);
    const failed = (): string[] =>
      client
        .state()
        .thread.entries.flatMap((entry) =>
          entry.kind === "pending" && entry.status === "failed" ? [entry.id] : [],
        );
    await expect.poll(failed).toHaveLength(3);
    const [one = "", two = "", three = ""] = failed();
    companion.refuse = null;
    client.retry(one);
    await expect.poll(() => lines(client)).toEqual(["One (sent)", "Two (waits)", "Three (waits)"]);
    expect([client.edit(two, "Other"), client.discard(three)]).toEqual([true, true]);
    await expect.poll(() => lines(client)).toEqual(["One (sent)", "Other (sent)"]);
    expect([client.edit(one, "Late"), client.discard(one), client.edit(two, "Twice")]).toEqual([
      false,
      false,
      false,
    ]);
    expect(lines(client)).toHaveLength(2);
  });

  test("says what is wrong with its deployment, or that nobody answers", async () => {
    await expect(open({ deploymentId: "no-such" })).rejects.toMatchObject({ code: "deployment_unknown" });
    const fetch = () => Promise.reject(new TypeError("fetch failed"));
    await expect(open({ fetch })).rejects.toMatchObject({ code: "network", retryable: true });
    const portal = async () => new Response("<html>Pay here</html>");
    await expect(open({ fetch: portal })).rejects.toMatchObject({ code: "network" });
  });

  test("lets its connection go in the background, and catches up in front", async () => {
    const client = await open();
    const { contact } = await client.login({ contactJwt: "ada.1" });
    await expect.poll(() => client.state().connection).toBe("live");
    client.setActive(false);
    expect(companion.socketsOf(contact.id)).toEqual([]);
    companion.agentSays(contact.id, "Are you there?");
    client.setActive(true);
    await expect.poll(() => client.state().unread).toBe(1);
  });

  test("comes back when the network does, without waiting for its turn", async () => {
    const client = await open();
    const { contact } = await client.login({ contactJwt: "ada.1" });
    await expect.poll(() => client.state().connection).toBe("live");
    client.networkChanged(false);
    expect([client.state().connection, companion.socketsOf(contact.id)]).toEqual(["waiting", []]);
    client.networkChanged(true);
    await expect.poll(() => client.state().connection).toBe("live");
  });

  test("knows a returning visitor by its storage, and nobody by another", async () => {
    const storage = memoryStorage();
    const visit = async (at: HeadlessStorage): Promise<string> => {
      const client = await open({ storage: at, fetch: visitorsToo });
      client.visit();
      client.send("Hello");
      await expect.poll(() => lines(client)).toContain("Hello (sent)");
      const contactId = contactOf(client);
      client.close();
      return contactId;
    };
    const first = await visit(storage);
    expect(await visit(storage)).toBe(first);
    expect(await visit(memoryStorage())).not.toBe(first);
  });

  describe("by the clock", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
    afterEach(() => void vi.useRealTimers());

    test("takes the way over HTTP where no WebSocket gets through", async () => {
      const asked: string[] = [];
      const client = await open({
        WebSocket: blockedSockets,
        fetch: (address, init) => {
          asked.push(new URL(String(address)).pathname);
          return visitorsToo(address, init);
        },
      });
      client.visit();
      client.send("Hello");
      await vi.advanceTimersByTimeAsync(30_000);
      expect(asked).toContain("/api/v1/events");
    });

    test("closed, leaves nothing behind that keeps the process", async () => {
      const client = await open();
      await client.login({ contactJwt: "ada.1" });
      await vi.advanceTimersByTimeAsync(100);
      expect(vi.getTimerCount()).toBeGreaterThan(0);
      client.close();
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});

describe("its storage", () => {
  const broken: HeadlessStorage = {
    getItem: () => Promise.reject(new Error("full")),
    setItem: () => Promise.reject(new Error("full")),
    removeItem: () => Promise.reject(new Error("full")),
  };

  test("may be broken: then memory serves", async () => {
    const mirrored = await mirror(broken, ["a"]);
    mirrored.set("a", "1");
    expect(mirrored.get("a")).toBe("1");
    await expect(
      keptWords(broken)
        .open("me")
        .change((kept) => kept),
    ).rejects.toThrow();
    const client = await open({ storage: broken });
    await client.login({ contactJwt: "ada.1" });
    client.send("All the same");
    await expect.poll(() => lines(client)).toEqual(["All the same (sent)"]);
  });

  test("says whether a list is kept: an empty one too, and none where it was cleared", async () => {
    const storage = memoryStorage();
    const store = keptWords(storage).open("me");
    const seen: boolean[] = [];
    const look: UpdateWords = (kept, isNew) => {
      seen.push(isNew);
      return kept;
    };
    await store.change(look);
    await store.change(() => []);
    await store.change(look);
    storage.removeItem("vouch:outbox:me");
    await store.change(look);
    expect(seen).toEqual([true, false, true]);
  });

  test("keeps nothing that comes after a wipe", async () => {
    const storage = memoryStorage();
    const words = keptWords(storage);
    const store = words.open("me");
    const late = store.change(() => []);
    await words.wipe("me");
    await late.catch(() => {});
    await expect(store.change((kept) => kept)).rejects.toThrow("wiped");
    expect(store.isWiped()).toBe(true);
    expect(words.open("me").isWiped()).toBe(false);
  });
});

const kept = async (storage: HeadlessStorage, contactId: string): Promise<string | null> =>
  storage.getItem(`vouch:outbox:acme-web:${contactId}`);
