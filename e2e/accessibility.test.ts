/** axe finds nothing in the messenger, on the desk and in the demo, in light and in dark. */

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { person, tokenOf } from "./harness/scene.ts";
import { describeInBrowser, hostPage, messengerOn, openDesk } from "./harness/stage.ts";

/** WCAG 2.2 A and AA, and axe's best practices. Frames and shadow roots are searched too. */
async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

describeInBrowser("axe", (stage) => {
  describeSchemes((colorScheme) => {
    test(`finds nothing in the messenger (${colorScheme})`, async () => {
      const context = await stage().browser.newContext({ colorScheme });
      const page = await context.newPage();
      await page.goto(
        hostPage(stage(), `/axe-${colorScheme}`, {
          contactJwt: await tokenOf(person("axe")),
        }),
      );
      const view = messengerOn(page);
      await view.launcher.waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await view.open();
      expect(await axeFindings(page)).toEqual([]);
      await view.send("With *emphasis* and https://acme.example");
      await view.message("With");
      expect(await axeFindings(page)).toEqual([]);
      await context.close();
    });

    test(`finds nothing where a visitor has to sign in (${colorScheme})`, async () => {
      const context = await stage().browser.newContext({ colorScheme });
      const page = await context.newPage();
      await page.goto(hostPage(stage(), `/axe-visitor-${colorScheme}`));
      const view = messengerOn(page);
      await view.launcher.click();
      await view.frame
        .getByText(/sign in/i)
        .first()
        .waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await context.close();
    });

    test(`finds nothing on the desk (${colorScheme})`, async () => {
      const customer = await stage().browser.newContext();
      const page = await customer.newPage();
      await page.goto(
        hostPage(stage(), `/axe-desk-${colorScheme}`, {
          contactJwt: await tokenOf(person("desk")),
        }),
      );
      const view = messengerOn(page);
      await view.open();
      await view.send("Anybody there?");
      await view.message("Anybody there?");
      const desk = await openDesk(stage());
      await desk.page.emulateMedia({ colorScheme });
      await desk.page.getByText("Anybody there?").first().waitFor();
      expect(await axeFindings(desk.page)).toEqual([]);
      await desk.page.getByText("Anybody there?").first().click();
      await desk.page.getByRole("textbox", { name: "Reply" }).waitFor();
      expect(await axeFindings(desk.page)).toEqual([]);
      await Promise.all([customer.close(), desk.context.close()]);
    });
  });
});

function describeSchemes(define: (colorScheme: "light" | "dark") => void): void {
  for (const colorScheme of ["light", "dark"] as const) define(colorScheme);
}
