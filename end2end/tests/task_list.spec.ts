// The list of tasks: its whole state is its address, so that sharing, reloading and going back work.

import type { Page } from "@playwright/test";

import type { Api } from "../fixtures/api";
import { alive, expect, open, test } from "../fixtures/test";

const rows = (page: Page) => page.locator("tr[data-row]");
const names = (page: Page) => page.locator("[data-row-link]");
const next = (page: Page) => page.getByRole("link", { name: "Next" });
const previous = (page: Page) => page.getByRole("link", { name: "Previous" });

/** The calls as shown, from which one can see which tasks stand on the page, and in which order. */
async function calls(page: Page): Promise<string[]> {
  return rows(page).locator(".col-call").allTextContents();
}

/** Presses a row where nothing but the row lies. */
async function press(page: Page, row: number, cell: string): Promise<void> {
  const box = await rows(page).nth(row).locator(cell).boundingBox();
  if (box === null) throw new Error(`row ${row} is not on the screen`);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** Numbered echoes, and a few others among them. */
async function crowd(api: Api, echoes: number): Promise<void> {
  await api.sendMany(Array.from({ length: echoes }, (_, number) => ({ name: "demo.echo", args: [number] })));
  await api.sendMany([
    { name: "demo.fail", kwargs: { message: "first" } },
    { name: "demo.fail", kwargs: { message: "second" } },
    { name: "demo.add", args: [1, 2], countdown: 3600 },
  ]);
  await api.counts("state=SUCCESS", echoes);
  await api.counts("state=FAILURE", 2);
  await api.counts("state=SCHEDULED", 1);
}

test("filters stand in the address and narrow the list", async ({ page, api }) => {
  await crowd(api, 5);
  await open(page, "/tasks");
  await expect(rows(page)).toHaveCount(8);

  const states = page.getByRole("group", { name: "State" });
  await states.getByLabel("FAILURE").check();
  await expect(page).toHaveURL("/tasks?state=FAILURE");
  await expect(rows(page)).toHaveCount(2);
  await states.getByLabel("SCHEDULED").check();
  await expect(page).toHaveURL("/tasks?state=SCHEDULED,FAILURE");
  await expect(rows(page)).toHaveCount(3);

  await page.getByRole("searchbox", { name: "Name" }).fill("demo.add");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/tasks?state=SCHEDULED,FAILURE&name=demo.add");
  await expect(names(page)).toHaveText(["demo.add"]);

  await page.reload();
  await alive(page);
  await expect(names(page)).toHaveText(["demo.add"]);
  await expect(page.getByRole("searchbox", { name: "Name" })).toHaveValue("demo.add");
  await expect(states.getByLabel("FAILURE")).toBeChecked();
  await expect(states.getByLabel("SUCCESS")).not.toBeChecked();

  await page.getByRole("searchbox", { name: "Queue" }).fill("celery");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/tasks?state=SCHEDULED,FAILURE&name=demo.add&queue=celery");
  await expect(names(page)).toHaveText(["demo.add"]);

  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL("/tasks?state=SCHEDULED,FAILURE");
  await expect(rows(page)).toHaveCount(3);
  await expect(page.getByRole("searchbox", { name: "Name" })).toHaveValue("");
});

test("filters that match nothing are named and can be cleared", async ({ page, api }) => {
  await crowd(api, 1);
  await open(page, "/tasks?state=RETRY&name=nothing&queue=celery&sort=oldest");
  await expect(page.getByRole("heading", { name: "No task matches" })).toBeVisible();
  await expect(page.locator(".active-filters li")).toHaveText(["state RETRY", "name “nothing”", "queue “celery”"]);
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await expect(page).toHaveURL("/tasks?sort=oldest");
  await expect(rows(page)).toHaveCount(4);
});

test("pages lead forward and back without losing or doubling a task", async ({ page, api }) => {
  await crowd(api, 125);
  await open(page, "/tasks?name=demo.echo");
  await expect(page.locator(".pagination-summary")).toHaveText("125 tasks");
  const seen: string[][] = [];
  for (const size of [50, 50, 25]) {
    await expect(rows(page)).toHaveCount(size);
    seen.push(await calls(page));
    if (size === 50) {
      const first = seen.at(-1)?.[0] ?? "";
      await next(page).click();
      await expect(rows(page).first().locator(".col-call")).not.toHaveText(first);
    }
  }
  await expect(next(page)).toHaveCount(0);
  expect(new Set(seen.flat()).size).toBe(125);

  await previous(page).click();
  await expect.poll(() => calls(page)).toEqual(seen[1]);
  await previous(page).click();
  await expect.poll(() => calls(page)).toEqual(seen[0]);
  await expect(previous(page)).toHaveCount(0);

  await next(page).click();
  await expect.poll(() => calls(page)).toEqual(seen[1]);
  await page.reload();
  await alive(page);
  await expect.poll(() => calls(page)).toEqual(seen[1]);
  await page.goBack();
  await expect.poll(() => calls(page)).toEqual(seen[0]);
});

test("columns sort by their heads", async ({ page, api }) => {
  const seconds = [0.3, 0.05, 0.6];
  await api.sendMany(seconds.map((length) => ({ name: "demo.sleep", args: [length] })));
  await api.counts("state=SUCCESS", 3);
  await open(page, "/tasks");
  const head = (name: string) => page.getByRole("columnheader", { name });

  await head("Runtime").getByRole("link").click();
  await expect(page).toHaveURL("/tasks?sort=slowest");
  await expect(head("Runtime")).toHaveAttribute("aria-sort", "descending");
  await expect.poll(() => calls(page)).toEqual(["(0.6,)", "(0.3,)", "(0.05,)"]);
  await head("Runtime").getByRole("link").click();
  await expect(page).toHaveURL("/tasks?sort=fastest");
  await expect.poll(() => calls(page)).toEqual(["(0.05,)", "(0.3,)", "(0.6,)"]);

  await head("Created").getByRole("link").click();
  await expect(page).toHaveURL("/tasks");
  const newest = await calls(page);
  await head("Created").getByRole("link").click();
  await expect(page).toHaveURL("/tasks?sort=oldest");
  await expect.poll(() => calls(page)).toEqual([...newest].reverse());
});

test("a row leads to its task, and back to the same list", async ({ page, api }) => {
  await crowd(api, 3);
  await open(page, "/tasks?state=FAILURE");
  await press(page, 0, ".col-queue");
  await expect(page.getByRole("heading", { name: "demo.fail" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL("/tasks?state=FAILURE");
  await expect(rows(page)).toHaveCount(2);
});
