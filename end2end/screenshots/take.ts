// Lets the demo run until its pages are full, then takes each of them in light and dark, wide and narrow.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { alive, expect, test } from "../fixtures/test";

const FOLDER = process.env.SCREENSHOTS ?? "test-results/screenshots";
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

test.use({ flags: ["--demo", "--demo-speed", "4"] });

test("screenshots", async ({ page, api, umbel }) => {
  await mkdir(FOLDER, { recursive: true });
  await expect.poll(async () => (await api.tasks("state=FAILURE")).total, { timeout: 120_000 }).toBeGreaterThan(5);
  await expect.poll(async () => (await api.tasks()).total, { timeout: 120_000 }).toBeGreaterThan(400);
  const some = async (query: string) => `/tasks/${(await api.tasks(query)).tasks[0]?.id}`;
  const pages: Record<string, string> = {
    overview: "/",
    tasks: "/tasks",
    "tasks-failed": "/tasks?state=FAILURE,RETRY",
    task: await some("state=SUCCESS&name=apps.scholar_app.tasks.search_papers"),
    "task-failed": await some("state=FAILURE"),
    "task-running": await some("state=PROGRESS"),
    "task-new": "/tasks/new",
    workers: "/workers",
    worker: `/workers/${encodeURIComponent(await api.firstWorker())}`,
    queues: "/queues",
    schedules: "/schedules",
    "schedules-week": "/schedules?view=calendar",
  };
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(umbel.url + path);
        await alive(page);
        await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}-${size}.png`), fullPage: size === "phone" });
      }
    }
  }
});
