// One queue: what waits in it and in which order, who takes from it, and emptying it.

import { expect, open, test } from "../fixtures/test";

test.use({ flags: ["--name", "rose@garden", "--queues", "celery"] });

const rows = "table.waiting tbody tr";

test("what waits is listed in the order it will be taken, and followed", async ({ page, api }) => {
  const [late, urgent] = await api.sendMany([
    { name: "demo.add", args: [1, 2], queue: "net", priority: 9 },
    { name: "demo.echo", args: ["first"], queue: "net", priority: 0 },
    { name: "demo.sleep", args: [1], queue: "net", countdown: 3600 },
  ]);
  await open(page, "/queues");
  await page.getByRole("link", { name: "net", exact: true }).click();
  await expect(page).toHaveURL("/queues/net");
  await expect(page.getByRole("heading", { name: "net", exact: true })).toBeVisible();
  await expect(page.getByText("No worker takes from it")).toBeVisible();
  await expect(page.locator(rows)).toHaveCount(3);
  await expect(page.locator(rows).nth(0)).toContainText("demo.echo");
  await expect(page.locator(rows).nth(0)).toContainText("('first',)");
  await expect(page.locator(rows).nth(1)).toContainText("demo.add");
  await expect(page.locator(rows).nth(2)).toContainText("in 59m");

  // Another message arrives, one leaves: the list follows by itself.
  await api.send({ name: "demo.fail", queue: "net", priority: 3 });
  await expect(page.locator(rows)).toHaveCount(4);
  await expect(page.locator(rows).nth(1)).toContainText("demo.fail");
  await api.cancel(urgent ?? "");
  await expect(page.locator(rows).nth(0)).toContainText("demo.fail");

  await page.locator(rows).nth(1).getByRole("link").click();
  await expect(page).toHaveURL(`/tasks/${late}`);
  await expect(page.getByText("2nd in line")).toBeVisible();
  await page.getByRole("link", { name: "net", exact: true }).click();
  await expect(page).toHaveURL("/queues/net");
});

test("a long queue is read page by page", async ({ page, api }) => {
  await api.sendMany(Array.from({ length: 120 }, (_, number) => ({ name: "demo.add", args: [number], queue: "net" })));
  await open(page, "/queues/net");
  await expect(page.getByText("1 to 50 of 120")).toBeVisible();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL("/queues/net?offset=50");
  await expect(page.locator(rows).nth(0)).toContainText("(50,)");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByText("101 to 120 of 120")).toBeVisible();
  await expect(page.locator(rows)).toHaveCount(20);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(page.getByText("51 to 100 of 120")).toBeVisible();
});

test("a queue is purged once its name was typed", async ({ page, api, watch }) => {
  watch.expect(/Failed to load resource.*\/fn\/purge_queue/);
  await api.sendMany([1, 2, 3].map((number) => ({ name: "demo.add", args: [number], queue: "net" })));
  await open(page, "/queues/net");
  await page.getByText("Purge queue").click();
  await page.getByRole("textbox", { name: "Type the name of the queue" }).fill("nte");
  await page.getByRole("button", { name: "Purge 3 messages" }).click();
  await expect(page.getByText("Nothing was purged: type the name of the queue, net, to confirm.")).toBeVisible();
  expect((await api.queue("net")).ready).toBe(3);

  await page.getByRole("textbox", { name: "Type the name of the queue" }).fill("net");
  await page.getByRole("button", { name: "Purge 3 messages" }).click();
  await expect(page.getByText("Purged 3 messages")).toBeVisible();
  await expect(page.getByText("Nothing waits here.")).toBeVisible();
  expect((await api.queue("net")).ready).toBe(0);
});

test("the name of a queue may be anything", async ({ page, api }) => {
  const names = ["a/b", "50% off?#now", "växt & ро́за", "../up"];
  await api.sendMany(names.map((queue) => ({ name: "demo.add", args: [1, 2], queue })));
  for (const name of names) {
    await open(page, "/queues");
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
    await expect(page.locator(rows)).toHaveCount(1);
    await page.reload();
    await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
    await expect(page.locator(rows)).toHaveCount(1);
  }
});

test("who takes from a queue is linked from it", async ({ page }) => {
  await open(page, "/queues/celery");
  await page.getByRole("main").getByRole("link", { name: "rose@garden" }).click();
  await expect(page).toHaveURL("/workers/rose%40garden");
  await page.locator(".facts").first().getByRole("link", { name: "celery" }).click();
  await expect(page).toHaveURL("/queues/celery");
});

test("an id nobody knows is said to be one", async ({ page, watch }) => {
  watch.expect(/Failed to load resource.*404/);
  await open(page, "/tasks/01a1f859-0000-76e3-8f9f-000000000000");
  await expect(page.getByText("No queue, no result and no history knows this id.")).toBeVisible();
  await expect(page.getByText("01a1f859-0000-76e3-8f9f-000000000000")).toBeVisible();
});
