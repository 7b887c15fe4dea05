// What holds for each page, in light and in dark: no complaint from the browser, none from the accessibility
// audit, nothing that moves after the first paint, alive within a second, and no sideways scrolling on a phone.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { Api } from "../fixtures/api";
import { alive, expect, test } from "../fixtures/test";

interface Measures {
  /** Milliseconds from the start of the navigation until the page was alive. */
  aliveAfter: number;
  /** The sum of all layout shifts that no person caused. */
  shifted: number;
}

interface Case {
  name: string;
  status?: number;
  /** Arranges what the page shows, and tells its address. */
  path: (api: Api) => Promise<string>;
}

async function history(api: Api): Promise<void> {
  await api.sendMany([
    { name: "demo.echo", kwargs: { text: "long ".repeat(60), list: [1, 2, 3, { deep: { deeper: null } }] } },
    { name: "demo.fail", kwargs: { message: "a long sentence about what went wrong ".repeat(4) } },
    { name: "demo.add", args: [2, 3], countdown: 3600 },
    { name: "demo.progress", kwargs: { steps: 1000, seconds: 3600 } },
    { name: "demo.retry", kwargs: { times: 1, delay: 3600 } },
    { name: "demo.add", args: [1], queue: "a-queue-with-quite-a-long-name-nobody-takes-from" },
    ...Array.from({ length: 60 }, (_, number) => ({ name: "demo.add", args: [number, 1] })),
  ]);
  await api.counts("state=SUCCESS", 61);
  await api.counts("state=FAILURE", 1);
  await api.counts("state=PROGRESS", 1);
}

async function schedules(api: Api): Promise<void> {
  const entries = {
    "every-second": { task: "demo.add", schedule: 1, args: [2, 3] },
    "a-schedule-with-quite-a-long-name-for-one-row": { task: "demo.fail", schedule: 1 },
    nightly: { task: "demo.echo", schedule: "30 2 * * mon-fri", timezone: "Europe/Berlin", kwargs: { list: [1, { deep: [] }] } },
    once: { task: "demo.add", schedule: { at: "2096-12-01T09:00:00" } },
    asleep: { task: "demo.add", schedule: { solar: "sunset", latitude: 52.5, longitude: 13.4 } },
  };
  for (const [name, entry] of Object.entries(entries)) await api.putSchedule(name, entry);
  await api.pauseSchedule("asleep");
  await expect.poll(async () => (await api.schedule("every-second")).runs.length).toBeGreaterThan(2);
}

async function first(api: Api, state: string): Promise<string> {
  await history(api);
  return `/tasks/${(await api.tasks(`state=${state}`)).tasks[0]?.id}`;
}

const after = (arrange: (api: Api) => Promise<void>, path: string) => async (api: Api) => {
  await arrange(api);
  return path;
};

const CASES: Case[] = [
  { name: "overview, first run", path: async () => "/" },
  { name: "overview", path: after(history, "/") },
  { name: "overview of a day", path: after(history, "/?span=day") },
  { name: "tasks, first run", path: async () => "/tasks" },
  { name: "tasks", path: after(history, "/tasks") },
  { name: "tasks, no match", path: after(history, "/tasks?state=RETRY&name=nothing") },
  { name: "task that succeeded", path: (api) => first(api, "SUCCESS&name=demo.echo") },
  { name: "task that failed", path: (api) => first(api, "FAILURE") },
  { name: "task that runs", path: (api) => first(api, "PROGRESS") },
  { name: "task that waits", path: (api) => first(api, "SCHEDULED") },
  { name: "unknown task", status: 404, path: async () => "/tasks/01a1f859-0000-76e3-8f9f-000000000000" },
  { name: "sending", path: async () => "/tasks/new?name=demo.progress" },
  { name: "workers", path: after(history, "/workers") },
  { name: "worker", path: async (api) => `/workers/${encodeURIComponent(await api.firstWorker())}` },
  { name: "unknown worker", status: 404, path: async () => "/workers/nobody@nowhere" },
  { name: "queues", path: after(history, "/queues") },
  { name: "queue", path: after(history, "/queues/a-queue-with-quite-a-long-name-nobody-takes-from") },
  { name: "queue that holds", path: after(history, "/queues/celery") },
  { name: "unknown queue", path: async () => "/queues/nobody" },
  { name: "schedules, first run", path: async () => "/schedules" },
  { name: "schedules", path: after(schedules, "/schedules") },
  { name: "schedules, no match", path: after(schedules, "/schedules?search=nothing&standing=done") },
  { name: "schedules of a week", path: after(schedules, "/schedules?view=calendar") },
  { name: "schedule that runs", path: after(schedules, "/schedules/every-second") },
  { name: "schedule that waits", path: after(schedules, "/schedules/nightly") },
  { name: "unknown schedule", status: 404, path: async () => "/schedules/nobody" },
  { name: "nowhere", status: 404, path: async () => "/nowhere" },
];

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    const measures = { aliveAfter: 0, shifted: 0 };
    Object.assign(window, { measures });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const shift = entry as PerformanceEntry & { hadRecentInput: boolean; value: number };
        if (!shift.hadRecentInput) measures.shifted += shift.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
    const watching = new MutationObserver(() => {
      if (document.querySelector(".connection-live") === null) return;
      measures.aliveAfter = performance.now();
      watching.disconnect();
    });
    watching.observe(document, { attributeFilter: ["class"], childList: true, subtree: true });
  });
});

const measures = (page: Page) => page.evaluate(() => Reflect.get(window, "measures") as Measures);

/** Waits until the page has been painted as it is now. */
const painted = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function audit(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html} ${node.any.map((check) => check.message).join(" ")}`),
  );
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const { name, status = 200, path } of CASES) {
    test(`${name}, ${colorScheme}`, async ({ page, api, watch }) => {
      if (status !== 200) watch.expect(new RegExp(`Failed to load resource.*${status}`));
      const address = await path(api);
      await page.emulateMedia({ colorScheme });

      // Other tests run at the same time: the quickest of a few loads is what the page itself takes.
      const times: number[] = [];
      await expect
        .poll(
          async () => {
            const answer = await page.goto(address);
            expect(answer?.status()).toBe(status);
            await alive(page);
            times.push((await measures(page)).aliveAfter);
            return Math.min(...times);
          },
          { message: "milliseconds until the page is alive", timeout: 20_000 },
        )
        .toBeLessThan(1_000);
      await painted(page);
      expect((await measures(page)).shifted, "layout shift").toBeLessThan(0.01);
      expect(await audit(page)).toEqual([]);

      await page.setViewportSize({ width: 360, height: 740 });
      await page.reload();
      await alive(page);
      await painted(page);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(beyond, "pixels beyond a narrow screen").toBeLessThanOrEqual(0);
      expect((await measures(page)).shifted, "layout shift on a narrow screen").toBeLessThan(0.01);
      expect(await audit(page), "on a narrow screen").toEqual([]);
    });
  }
}

test("the dialogs pass the audit", async ({ page }) => {
  await page.goto("/");
  await alive(page);
  for (const key of ["?", "Control+k"]) {
    await page.keyboard.press(key);
    await expect(page.locator("dialog[open]")).toBeVisible();
    expect(await audit(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.locator("dialog[open]")).toHaveCount(0);
  }
});
