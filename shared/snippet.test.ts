import { expect, test, vi } from "vitest";
import { snippet, stub } from "./snippet.ts";

type Queued = [name: string, args: unknown[], settle: [(value: unknown) => void, (reason: unknown) => void]];

interface Stubbed {
  readonly q: { push(call: Queued | [Queued]): void } & (Queued | [Queued])[];
  readonly u: string;
  readonly [method: string]: unknown;
}

/** Runs the stub as a page would, `import()` replaced by a spy. */
function run(page: { Messenger?: unknown } = {}): { messenger: Stubbed; load: ReturnType<typeof vi.fn> } {
  const load = vi.fn();
  const script = stub("https://chat.example/messenger.js").replace("import(", "load(");
  new Function("window", "load", script)(page, load);
  return { messenger: page.Messenger as Stubbed, load };
}

test("the stub is at most 300 bytes with an origin of usual length", () => {
  expect(new TextEncoder().encode(stub("https://chat.example/messenger.js")).length).toBeLessThanOrEqual(300);
  expect(
    new TextEncoder().encode(stub("https://messenger.acme.example/messenger.js")).length,
  ).toBeLessThanOrEqual(300);
});

test("the stub loads the companion's loader", () => {
  const { load } = run();
  expect(load).toHaveBeenCalledExactlyOnceWith("https://chat.example/messenger.js");
});

test("the stub twice on a page keeps the first queue and loads nothing again", () => {
  const page = {};
  const first = run(page).messenger;
  const second = run(page);
  expect(second.messenger).toBe(first);
  expect(second.load).not.toHaveBeenCalled();
});

test("every method of the contract queues its name and arguments", () => {
  const { messenger } = run();
  const methods = (
    "login logout open close toggle show hide update on registerPlugin boot destroy" as const
  ).split(" ");
  for (const name of methods) (messenger[name] as (...args: unknown[]) => unknown)(name, 1);
  expect(messenger.q.map((call) => call.slice(0, 2))).toEqual(methods.map((name) => [name, [name, 1]]));
});

test("a promise made by the stub is settled by whoever takes the queue", async () => {
  const { messenger } = run();
  const login = (messenger.login as () => Promise<unknown>)();
  const [, , [resolve]] = messenger.q[0] as Queued;
  resolve("signed in");
  await expect(login).resolves.toBe("signed in");
});

test("a method cached before loading goes through q.push of the loader afterwards", () => {
  const { messenger } = run();
  const open = messenger.open as () => void;
  const push = vi.fn();
  messenger.q.push = push;
  open();
  expect(push.mock.calls[0]?.[0].slice(0, 2)).toEqual(["open", []]);
});

test("on() gives back a function that queues the removal of just that subscription", () => {
  const { messenger } = run();
  const unsubscribe = (messenger.on as (...args: unknown[]) => () => void)("ready", () => {});
  unsubscribe();
  const [call, removal] = messenger.q;
  expect(removal).toEqual([call]);
});

test("the snippet holds both placeholders empty, in the contract's form", () => {
  const html = snippet({ publicUrl: "https://chat.example", deploymentId: "acme-web" });
  expect(html).toContain(
    'window.messengerSettings = { deploymentId: "acme-web", contactJwt: "", platformJwt: "" };',
  );
  expect(html).toContain(`<script>${stub("https://chat.example/messenger.js")}</script>`);
  expect(html.match(/<script>/g)).toHaveLength(2);
});

test("the snippet carries the appearance only where one is given", () => {
  const options = { publicUrl: "https://chat.example", deploymentId: "acme-web" };
  expect(snippet(options)).not.toContain("appearance");
  expect(snippet({ ...options, appearance: {} })).not.toContain("appearance");
  expect(snippet({ ...options, appearance: { accent: "#0b5fff" } })).toContain(
    'platformJwt: "", appearance: {"accent":"#0b5fff"} };',
  );
});

test("no value can end the script element early", () => {
  const html = snippet({
    publicUrl: "https://chat.example",
    deploymentId: "</script><img src=x>",
    appearance: { title: "<!--<script>" },
  });
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html).not.toContain("<!--");
  expect(html).not.toContain("<img");
});

test("values with $ patterns are taken as they are", () => {
  expect(stub("https://chat.example/$&/messenger.js")).toContain('"https://chat.example/$&/messenger.js"');
});
