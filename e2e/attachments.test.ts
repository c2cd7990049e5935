/** Files in real browsers: chosen, pasted and dropped, seen by the other side, cancelled, kept, and gone with a logout. */

import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { pdf, picture } from "../server/attachment/testing/files.ts";
import { contactJwt } from "./harness/acme.ts";
import { person } from "./harness/scene.ts";
import {
  describeInBrowser,
  hostPage,
  type MessengerView,
  messengerOn,
  openDesk,
  type Stage,
} from "./harness/stage.ts";

async function signedIn(stage: Stage, first: string): Promise<{ page: Page; view: MessengerView }> {
  const { identity } = person(first);
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.goto(hostPage(stage, `/${identity}`, { contactJwt: await contactJwt(identity) }));
  const view = messengerOn(page);
  await view.open();
  await attach(view).waitFor();
  return { page, view };
}

const attach = (view: MessengerView) => view.frame.getByRole("button", { name: "Attach files" });
const choose = (view: MessengerView, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  view.frame.locator("input[type=file]").setInputFiles(files);
const send = async (view: MessengerView) => {
  await view.frame.locator('button[aria-label="Send"]:enabled').waitFor();
  await view.composer.press("Enter");
};
/** Decoded, at its natural size: what a person sees. */
const isSeen = (image: Locator) =>
  expect
    .poll(() => image.evaluate((element: HTMLImageElement) => element.complete && element.naturalWidth))
    .toBeGreaterThan(10);

/** Asked for in the messenger's own frame, anew. */
async function imageAt(page: Page, address: string | null): Promise<string | undefined> {
  const frame = page.frames().find((frame) => frame.name() === "vouch-messenger");
  return await frame?.evaluate(
    (src) =>
      new Promise<string>((resolve) => {
        const image = new Image();
        image.onload = () => resolve("there");
        image.onerror = () => resolve("gone");
        image.src = src;
      }),
    address ?? "",
  );
}

describeInBrowser("attachments", (stage) => {
  test("a customer sends a picture and a document, the agent sees and saves them, and answers with one", async () => {
    const { page, view } = await signedIn(stage(), "ada");
    const photo = await picture("jpeg", { width: 320, height: 200, orientation: 6 });
    await choose(
      view,
      { name: "IMG_4711.jpg", mimeType: "image/jpeg", buffer: photo },
      { name: "invoice.pdf", mimeType: "application/pdf", buffer: pdf },
    );
    await view.composer.fill("Is this mine?");
    await send(view);
    const own = view.messages.filter({ hasText: "Is this mine?" });
    await isSeen(own.getByRole("img", { name: "IMG_4711.jpg" }));
    await own.getByRole("button", { name: /invoice\.pdf/ }).waitFor();
    await expect.poll(() => own.getAttribute("data-seq")).toBe("1");

    const desk = await openDesk(stage());
    await desk.page.getByRole("button", { name: /Ada/ }).first().click();
    const log = desk.page.getByRole("log", { name: "Conversation" });
    await isSeen(log.getByRole("img", { name: "IMG_4711.jpg" }));
    const saving = desk.page.waitForEvent("download");
    await log.getByRole("button", { name: /Save/ }).first().click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe("IMG_4711.jpg");
    const bytes = await readFile(await saved.path());
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 200, height: 320 });
    expect(bytes.includes("Secret")).toBe(false);

    await desk.page.locator(".reply input[type=file]").setInputFiles({
      name: "label.png",
      mimeType: "image/png",
      buffer: await picture("png"),
    });
    await desk.page.locator(".chosen").getByText("label.png").first().waitFor();
    await desk.page.locator('.reply button[type="submit"]:enabled').click();
    await isSeen(view.log.getByRole("img", { name: "label.png" }));

    // Everything is there again after a reload.
    await page.reload();
    await view.open();
    for (const name of ["IMG_4711.jpg", "label.png"]) await isSeen(view.log.getByRole("img", { name }));
    const download = page.waitForEvent("download");
    await view.log.getByRole("button", { name: /invoice\.pdf/ }).click();
    expect(await readFile(await (await download).path())).toEqual(pdf);
    await Promise.all([page.context().close(), desk.context.close()]);
  });

  test("an upload tells how far it is, and is cancelled", async () => {
    const { page, view } = await signedIn(stage(), "grace");
    await page.route("**/api/v1/attachments", () => {
      // Neither answered nor refused: it stays on its way.
    });
    await choose(view, { name: "big.txt", mimeType: "text/plain", buffer: Buffer.alloc(1_000_000, "a") });
    await view.frame.getByRole("progressbar", { name: "Uploading big.txt" }).waitFor();
    await view.composer.fill("Here");
    expect(await view.frame.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    await view.frame.getByRole("button", { name: "Cancel big.txt" }).click();
    await expect.poll(() => view.frame.getByRole("progressbar").count()).toBe(0);
    await send(view);
    await view.message("Here");
    await page.context().close();
  });

  test("one that is refused says why, one that failed is sent again", async () => {
    const { page, view } = await signedIn(stage(), "katherine");
    await choose(view, {
      name: "photo.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from("MZ\x90\0\x03".repeat(9), "latin1"),
    });
    await view.frame.getByText("Files of this kind are not taken.").waitFor();
    await view.frame.getByRole("button", { name: "Remove photo.jpg" }).click();

    await page.route("**/api/v1/attachments", (route) => route.abort(), { times: 1 });
    await choose(view, { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
    await view.frame.getByText("The server can't be reached.").waitFor();
    await view.frame.getByRole("button", { name: "Retry" }).click();
    await send(view);
    await view.log.getByRole("button", { name: /notes\.txt/ }).waitFor();
    await page.context().close();
  });

  test("files are pasted and dropped, and reached by the keyboard", async () => {
    const { page, view } = await signedIn(stage(), "alan");
    const png = (await picture("png")).toString("base64");
    for (const type of ["paste", "drop"])
      await view.composer.evaluate(
        (field, { type, png }) => {
          const data = new DataTransfer();
          const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
          data.items.add(new File([bytes], `${type}.png`, { type: "image/png" }));
          const init = { bubbles: true, cancelable: true };
          const event =
            type === "paste"
              ? new ClipboardEvent(type, { ...init, clipboardData: data })
              : new DragEvent(type, { ...init, dataTransfer: data });
          field.dispatchEvent(event);
        },
        { type, png },
      );
    await view.composer.focus();
    await send(view);
    for (const name of ["paste.png", "drop.png"]) await isSeen(view.log.getByRole("img", { name }));
    await view.composer.focus();
    await page.keyboard.press("Shift+Tab");
    await expect.poll(() => view.frame.locator(":focus").getAttribute("aria-label")).toBe("Attach files");
    await page.context().close();
  });

  test("with a logout they are gone from the page, and what was on its way is nobody's", async () => {
    const { page, view } = await signedIn(stage(), "mary");
    await choose(view, { name: "secret.png", mimeType: "image/png", buffer: await picture("png") });
    await send(view);
    await isSeen(view.log.getByRole("img", { name: "secret.png" }));
    const address = await view.log.getByRole("img", { name: "secret.png" }).getAttribute("src");
    expect(await imageAt(page, address)).toBe("there");
    await choose(view, { name: "more.txt", mimeType: "text/plain", buffer: Buffer.from("more") });
    await page.evaluate(() => window.Messenger.logout());
    await expect.poll(() => view.frame.getByText("secret.png").count()).toBe(0);
    await expect.poll(() => view.frame.getByText("more.txt").count()).toBe(0);
    expect(await imageAt(page, address)).toBe("gone");
    await page.context().close();
  });
});
