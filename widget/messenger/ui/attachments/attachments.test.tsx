import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Attachment } from "../../../../shared/protocol.ts";
import { ada, bob, type FakeModel, fakeModel, openAs, said, threadOf } from "../fixtures/fake-model.ts";
import { type Stage, stage } from "../fixtures/stage.ts";

/** Requests of this kind, answered by hand. */
class FakeRequest {
  static readonly all: FakeRequest[] = [];
  readonly upload: { onprogress: ((event: object) => void) | null } = { onprogress: null };
  readonly headers: Record<string, string> = {};
  onloadend: (() => void) | null = null;
  aborted = false;
  status = 0;
  responseText = "";
  body: FormData | null = null;
  open(): void {
    FakeRequest.all.push(this);
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: FormData): void {
    this.body = body;
  }
  abort(): void {
    this.aborted = true;
  }
  answer(status: number, body: object): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onloadend?.();
  }
}

const picture: Attachment = {
  id: "p",
  name: "cat.png",
  type: "image/png",
  size: 2_345_678,
  width: 400,
  height: 300,
};
const notes: Attachment = { id: "n", name: "notes.pdf", type: "application/pdf", size: 900 };

let model: FakeModel;
let view: Stage;
let fetched: string[];
beforeEach(async () => {
  FakeRequest.all.length = 0;
  fetched = [];
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  vi.stubGlobal("fetch", async (path: string, { headers }: { headers: Record<string, string> }) => {
    fetched.push(`${path} ${headers.authorization}`);
    return new Response("x", { status: path.includes("/p") ? 200 : 503 });
  });
  let count = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => `blob:${++count}`);
  vi.spyOn(URL, "revokeObjectURL");
  const message = { ...said({ seq: 1, text: "" }) };
  if (message.kind !== "message") throw new Error("unreachable");
  const carrying = { ...message, message: { ...message.message, attachments: [picture, notes] } };
  model = fakeModel({ thread: threadOf([carrying]) });
  view = await stage(model);
});
afterEach(() => {
  view.unmount();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const choose = (...names: string[]) =>
  view.act(() => {
    const input = view.root.querySelector("input[type=file]") as HTMLInputElement;
    const files = names.map(
      (name) => new File(["x"], name, { type: name.endsWith("png") ? "image/png" : "" }),
    );
    Object.defineProperty(input, "files", { configurable: true, value: files });
    input.dispatchEvent(new Event("change"));
  });
const isDisabled = (name: string) => (view.one("button", name) as HTMLButtonElement).disabled;

describe("In the composer", () => {
  it("a file is chosen, told of while it is uploaded, and sent without a word", async () => {
    await choose("notes.pdf");
    const [request] = FakeRequest.all;
    expect(request?.headers).toEqual({ authorization: "Bearer session-token" });
    const bar = view.one("progressbar", "Uploading notes.pdf");
    expect([bar.getAttribute("aria-valuenow"), isDisabled("Send")]).toEqual(["0", true]);
    await view.act(() => request?.upload.onprogress?.({ loaded: 1, total: 4 }));
    expect(bar.getAttribute("aria-valuenow")).toBe("25");
    await view.act(() => request?.upload.onprogress?.({ loaded: 4, total: 4 }));
    expect(bar.getAttribute("aria-valuetext")).toBe("Checking");
    await view.act(() => request?.answer(201, notes));
    expect([view.all("progressbar"), isDisabled("Send")]).toEqual([[], false]);
    await view.act(() => view.one("button", "Send").click());
    expect(model.asked).toContain("send  + notes.pdf");
    expect(view.all("button", /^Remove/)).toEqual([]);
  });

  it("a text waits for the files that go with it", async () => {
    await view.write("Look");
    await choose("a.png");
    await view.press("Enter");
    expect(model.asked).toEqual([]);
    await view.act(() => FakeRequest.all[0]?.answer(201, picture));
    await view.press("Enter");
    expect(model.asked).toEqual(["send Look + cat.png"]);
  });

  it("an upload is cancelled", async () => {
    await choose("notes.pdf");
    await view.act(() => view.one("button", "Cancel notes.pdf").click());
    expect([FakeRequest.all[0]?.aborted, view.all("progressbar")]).toEqual([true, []]);
    expect(document.activeElement).toBe(view.one("textbox", "Message"));
  });

  it("one that failed says why, is retried where that can help, and keeps the message back until it is removed", async () => {
    await view.write("Look");
    await choose("a.exe", "b.pdf");
    await view.act(() => {
      FakeRequest.all[0]?.answer(400, { code: "attachment_refused" });
      FakeRequest.all[1]?.answer(503, { code: "unavailable" });
    });
    expect(view.root.textContent).toContain("Files of this kind are not taken.");
    expect([view.all("button", "Retry").length, isDisabled("Send")]).toEqual([1, true]);
    await view.act(() => view.one("button", "Retry").click());
    await view.act(() => FakeRequest.all[2]?.answer(201, notes));
    await view.act(() => view.one("button", "Remove a.exe").click());
    await view.press("Enter");
    expect(model.asked).toEqual(["send Look + notes.pdf"]);
  });

  it("files are pasted and dropped; a text that office programs put beside its picture is the text", async () => {
    const file = new File(["x"], "a.png", { type: "image/png" });
    const give = (type: string, data: object) =>
      view.act(() => {
        const event = new Event(type, { bubbles: true, cancelable: true });
        const member = type === "paste" ? "clipboardData" : "dataTransfer";
        Object.defineProperty(event, member, { value: data });
        document.body.dispatchEvent(event);
      });
    await give("paste", { files: [file], types: ["Files", "text/plain"] });
    expect(view.all("progressbar")).toHaveLength(0);
    await give("paste", { files: [file], types: ["Files"] });
    await give("dragover", { files: [], types: ["Files"] });
    expect(document.documentElement.hasAttribute("data-dropping")).toBe(true);
    await give("drop", { files: [file, file], types: ["Files"] });
    expect(document.documentElement.hasAttribute("data-dropping")).toBe(false);
    expect(view.all("listitem").length + view.root.querySelectorAll(".tray li").length).toBe(3);
  });

  it("nothing is chosen where nobody is here, and what was chosen goes with who chose it", async () => {
    await choose("a.png");
    await view.act(() => FakeRequest.all[0]?.answer(201, picture));
    await choose("b.png");
    await view.act(() => {
      model.session.value = openAs(bob);
    });
    expect([FakeRequest.all[1]?.aborted, view.all("button", /^(Remove|Cancel)/)]).toEqual([true, []]);
    expect(URL.revokeObjectURL).toHaveBeenCalledTimes(3);
    await view.act(() => {
      model.session.value = { kind: "expired", contact: bob, canSignIn: true };
    });
    expect(isDisabled("Attach files")).toBe(true);
  });

  it("stays with a visitor who becomes a customer in the same conversation", async () => {
    await choose("a.png");
    await view.act(() => {
      model.session.value = { kind: "open", contact: bob, verified: true, steppedUpFrom: ada.id };
    });
    expect(view.all("progressbar")).toHaveLength(1);
  });
});

describe("In the conversation", () => {
  it("a picture is seen, fetched with the session's token, and named; other files are named with their size", () => {
    const image = view.root.querySelector("article img, [role=article] img") as HTMLImageElement;
    expect([image.alt, image.getAttribute("src")]).toEqual(["cat.png", "blob:1"]);
    expect(fetched).toEqual(["/api/v1/attachments/p/thumbnail Bearer session-token"]);
    expect(view.all("button", /notes\.pdf/)[0]?.textContent).toContain("900 B");
  });

  it("a press saves the file, and tells where that fails", async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(`${this.download} ${this.href}`);
    });
    const [cat] = view.all("button", /Save 2\.3 MB/);
    await view.act(async () => {
      cat?.click();
      await vi.waitFor(() => expect(saved).toEqual(["cat.png blob:2"]));
    });
    await view.act(async () => {
      view.all("button", /notes\.pdf/)[0]?.click();
      await vi.waitFor(() => expect(fetched).toHaveLength(3));
    });
    await vi.waitFor(() => expect(view.root.textContent).toContain("The file can't be had now."));
  });

  it("thumbnails go with whom they were fetched for", async () => {
    await view.act(async () => {
      model.thread.value = threadOf([]);
      model.session.value = openAs(bob);
    });
    await vi.waitFor(() => expect(URL.revokeObjectURL).toHaveBeenCalledWith("blob:1"));
  });
});
