// What every page says of the broker. The embedded one is never away, so the stream is played here; that the server
// tells of an outage is tested where the server is.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, open, test } from "../fixtures/test";

/** Puts a stream into the page that tells what the test says and nothing else. */
async function playStream(page: Page): Promise<void> {
  await page.addInitScript(() => {
    class Played {
      static readonly CONNECTING = 0;
      readonly readyState = 1;
      onopen?: (event: Event) => void;
      onmessage?: (event: MessageEvent) => void;

      constructor() {
        Object.assign(window, { played: this });
        queueMicrotask(() => this.onopen?.(new Event("open")));
      }

      close(): void {}
    }
    Object.assign(window, { EventSource: Played });
  });
}

const tell = (page: Page, reach: unknown) =>
  page.evaluate((reach) => {
    const data = JSON.stringify({ seq: 1, now: Date.now(), gap: false, reach });
    const played = Reflect.get(window, "played") as { onmessage: (event: MessageEvent) => void };
    played.onmessage(new MessageEvent("message", { data }));
  }, reach);

test("the foot names the broker", async ({ page }) => {
  for (const path of ["/", "/tasks", "/queues/celery"]) {
    await page.goto(path);
    await expect(page.getByRole("contentinfo")).toContainText("Broker: embedded, umbel-data");
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`an outage appears and goes by itself, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await playStream(page);
    await open(page, "/workers");
    await tell(page, { lost: { since: Date.now() - 65_000, reason: "Connection refused" } });
    const notice = page.locator(".outage");
    await expect(notice).toContainText("Redis cannot be reached since");
    await expect(notice).toContainText("(Connection refused)");
    await expect(notice).toContainText("Nothing is lost");
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beyond, "pixels beyond a narrow screen").toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page: page as never }).include(".outage").analyze();
    expect(violations).toEqual([]);

    await tell(page, "reachable");
    await expect(notice).toHaveCount(0);
  });
}
