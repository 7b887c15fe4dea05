// Who works, on what, and what waits where.

import { expect, open, test } from "../fixtures/test";

test.use({ flags: ["--name", "rose@garden", "--concurrency", "3", "--queues", "celery,net"] });

test("a worker's slots fill and empty before one's eyes", async ({ page, api }) => {
  await open(page, "/workers");
  const row = page.getByRole("row", { name: /rose@garden/ });
  await expect(row).toContainText("Online");
  await expect(row).toContainText("celery, net");
  const slots = row.getByRole("cell").nth(1);
  await expect(slots).toContainText("0 / 3");
  const ids = await api.sendMany([1, 2].map(() => ({ name: "demo.sleep", args: [3600] })));
  await expect(slots).toContainText("2 / 3");
  for (const id of ids) await api.cancel(id);
  await expect(slots).toContainText("0 / 3");
});

test("a worker's page shows what runs there now", async ({ page, api }) => {
  await open(page, "/workers");
  await page.getByRole("link", { name: "rose@garden" }).click();
  await expect(page.getByRole("heading", { name: "rose@garden" })).toBeVisible();
  await expect(page.getByText("Nothing runs here at the moment.")).toBeVisible();

  await api.send({ name: "demo.progress", kwargs: { steps: 20, seconds: 3 } });
  const running = page.locator(".running-task");
  await expect(running).toContainText("demo.progress");
  await expect(running.getByRole("progressbar")).toBeVisible();
  await expect(page.getByText("Nothing runs here at the moment.")).toBeVisible();
  await expect(page.locator(".facts div", { hasText: "Succeeded" }).locator("dd")).toHaveText("1");

  await page.getByRole("main").getByRole("link", { name: "demo.echo" }).click();
  await expect(page).toHaveURL("/tasks?name=demo.echo");
});

test("queues fill, and tell when nobody takes from them", async ({ page, api }) => {
  await open(page, "/queues");
  const queue = (name: string) => page.getByRole("row", { name: new RegExp(`^${name} `) });
  await expect(queue("celery")).toBeVisible();
  await expect(queue("net")).toBeVisible();

  await api.sendMany([1, 2, 3].map(() => ({ name: "demo.add", args: [1, 2], queue: "forgotten" })));
  await expect(queue("forgotten")).toContainText("No worker takes from it");
  await expect(queue("forgotten").getByRole("cell").first()).toHaveText("3");
  await api.sendMany([1, 2].map(() => ({ name: "demo.add", args: [1, 2], countdown: 3600 })));
  await expect(queue("celery").getByRole("cell").nth(1)).toHaveText("2");
  await api.send({ name: "demo.sleep", args: [3600], queue: "net" });
  await expect(queue("net").getByRole("cell").nth(2)).toHaveText("1");

  await queue("forgotten").getByRole("link", { name: "forgotten" }).click();
  await expect(page).toHaveURL("/queues/forgotten");
  await expect(page.getByText("No worker takes from it")).toBeVisible();
  await expect(page.getByRole("region", { name: "Waiting messages" }).getByRole("row")).toHaveCount(4);
});
