/** A visitor signs in and takes the conversation along; a customer sees where they are signed in, and ends it elsewhere. */

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import { person, tokenOf } from "./harness/scene.ts";
import { describeInBrowser, hostPage, messengerOn, seenViolations } from "./harness/stage.ts";

async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

const login = (page: Page, token: string): Promise<void> =>
  page.evaluate((contactJwt) => {
    const { Messenger } = window as unknown as {
      Messenger: { login(input: { contactJwt: string }): Promise<unknown> };
    };
    Messenger.login({ contactJwt }).catch(() => {});
  }, token);

describeInBrowser("the account", (stage) => {
  test.each(["Continue", "Start fresh"])("a visitor who signs in is asked, and says: %s", async (choice) => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    await page.goto(hostPage(stage(), "/step-up", { deploymentId: "acme-lobby" }));
    const view = messengerOn(page);
    await view.open();
    await view.send("My order is late");
    await view.log.locator('[data-status="sent"]').waitFor();
    await view.composer.fill("It is number");
    await login(page, await contactJwt(person("step").identity, { community: "lobby" }));

    const question = view.frame.getByRole("alertdialog", { name: "Continue this conversation?" });
    await question.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    // What stands behind can't be reached.
    await view.composer.evaluate((field) => field.focus());
    expect(await view.frame.locator("textarea:focus").count()).toBe(0);
    await question.getByRole("button", { name: choice }).click();
    await question.waitFor({ state: "detached" });
    await view.frame.getByText("Signed in as").waitFor();
    const isTaken = choice === "Continue";
    await expect
      .poll(() => view.messages.filter({ hasText: "My order is late" }).count())
      .toBe(Number(isTaken));
    await expect.poll(() => view.composer.inputValue()).toBe(isTaken ? "It is number" : "");
    expect(await seenViolations(page)).toEqual([]);
    await context.close();
  });

  test("Escape decides nothing: the question comes again", async () => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    await page.goto(hostPage(stage(), "/later", { deploymentId: "acme-lobby" }));
    const view = messengerOn(page);
    await view.open();
    await view.send("Hello");
    await view.log.locator('[data-status="sent"]').waitFor();
    const later = person("later");
    await login(page, await contactJwt(later.identity, { community: "lobby" }));
    const question = view.frame.getByRole("alertdialog");
    await question.waitFor();
    await question.getByRole("button", { name: "Continue" }).press("Escape");
    await page.locator("vouch-messenger").getByRole("button", { name: "Open messenger" }).click();
    await question.getByRole("button", { name: "Continue" }).click();
    await view.frame.getByText(`Signed in as ${later.name}`).waitFor();
    await view.message("Hello");
    await context.close();
  });

  test("a customer signs out another browser from the list", async () => {
    const [here, there] = await Promise.all([stage().browser.newContext(), stage().browser.newContext()]);
    const [page, other] = await Promise.all([here.newPage(), there.newPage()]);
    const rosa = person("rosa");
    await other.goto(hostPage(stage(), "/there", { contactJwt: await tokenOf(rosa) }));
    await messengerOn(other).open();
    await page.goto(hostPage(stage(), "/here", { contactJwt: await tokenOf(rosa) }));
    const view = messengerOn(page);
    await view.open();
    // Whoever is not signed in yet is not in the list.
    for (const { frame } of [messengerOn(other), view])
      await frame.getByText(`Signed in as ${rosa.name}`).waitFor();
    await view.frame.getByRole("button", { name: "Where you are signed in" }).click();
    const list = view.frame.getByRole("dialog", { name: "Where you are signed in" });
    await expect.poll(() => list.getByRole("listitem").count()).toBe(2);
    expect(await axeFindings(page)).toEqual([]);
    await list.getByRole("button", { name: /^Sign out: / }).click();
    await list.getByText("Signed out: ").waitFor();
    await expect.poll(() => list.getByRole("listitem").count()).toBe(1);
    await messengerOn(other).frame.getByText("You are signed out").waitFor();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    expect(await view.composer.isVisible()).toBe(true);
    expect(await seenViolations(page)).toEqual([]);
    await Promise.all([here.close(), there.close()]);
  });
});
