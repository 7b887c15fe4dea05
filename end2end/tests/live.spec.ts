// Nothing here reloads: what changes on the server changes on the screen.

import { expect, open, test } from "../fixtures/test";

test("a progress bar moves", async ({ page, api }) => {
  const id = await api.send({ name: "demo.progress", kwargs: { steps: 20, seconds: 4 } });
  await open(page, `/tasks/${id}`);
  const bar = page.getByRole("progressbar", { name: "Progress" });
  const share = async () => Number(await bar.getAttribute("value"));
  await expect(bar).toBeVisible();
  const early = await share();
  await expect.poll(share).toBeGreaterThan(early);
  await expect(page.locator(".task-progress-message")).toContainText(/Step \d+ of 20/);
  await expect(page.locator(".task-title .badge-word")).toHaveText("SUCCESS");
  await expect(bar).toHaveCount(0);
});

test("the list shows progress in its row", async ({ page, api }) => {
  await open(page, "/tasks");
  const id = await api.send({ name: "demo.progress", kwargs: { steps: 20, seconds: 4 } });
  const row = page.locator("tr[data-row]", { has: page.locator(`[value="${id}"]`) });
  await expect(row.getByRole("progressbar")).toBeVisible();
  await expect(row.locator(".badge-word")).toHaveText("SUCCESS");
});

test("a new task comes into the list", async ({ page, api }) => {
  await open(page, "/tasks");
  await expect(page.getByRole("heading", { name: "No tasks yet" })).toBeVisible();
  await api.send({ name: "demo.add", args: [2, 3] });
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.add"]);
  await expect(page.locator("tr[data-row] .badge-word")).toHaveText("SUCCESS");
  await api.send({ name: "demo.echo" });
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.echo", "demo.add"]);
});

test("a filtered list takes in what fits, and lets go of what does not", async ({ page, api }) => {
  await open(page, "/tasks?state=STARTED&name=demo.sleep");
  await expect(page.getByRole("heading", { name: "No task" })).toBeVisible();
  const id = await api.send({ name: "demo.sleep", args: [3600] });
  await api.send({ name: "demo.progress", kwargs: { steps: 100, seconds: 3600 } });
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.sleep"]);
  await api.cancel(id);
  await expect(page.locator("[data-row-link]")).toHaveCount(0);
});

test("below the top, new rows wait until they are asked for", async ({ page, api }) => {
  await api.sendMany(Array.from({ length: 50 }, () => ({ name: "demo.echo" })));
  await api.counts("state=SUCCESS", 50);
  await open(page, "/tasks");
  await page.getByRole("link", { name: "Next" }).or(page.locator(".pagination")).first().scrollIntoViewIfNeeded();
  await api.send({ name: "demo.add", args: [2, 3] });
  await page.getByRole("button", { name: "1 new" }).click();
  await expect(page.locator("[data-row-link]").first()).toHaveText("demo.add");
  await expect(page.locator(".fresh-chip")).toHaveCount(0);
});

test("a task that waits does not look as if it ran", async ({ page, api }) => {
  const id = await api.send({ name: "demo.add", args: [2, 3], countdown: 3600 });
  await api.reaches(id, "SCHEDULED");
  await open(page, `/tasks/${id}`);
  await expect(page.locator(".task-title .badge-word")).toHaveText("SCHEDULED");
  await expect(page.locator(".task-facts")).toContainText("Due");
  await expect(page.getByRole("heading", { name: "Result" })).toHaveCount(0);
});

test("updates hold still while rows are selected", async ({ page, api }) => {
  const first = await api.send({ name: "demo.add", args: [2, 3] });
  await api.reaches(first, "SUCCESS");
  await open(page, "/tasks");
  await page.getByRole("checkbox", { name: /^Select demo.add/ }).check();
  await expect(page.getByRole("group", { name: "Selected tasks" })).toBeVisible();
  await expect(page.locator(".connection-paused")).toBeAttached();

  const second = await api.send({ name: "demo.echo" });
  await api.reaches(second, "SUCCESS");
  // Nothing can be waited for when nothing is to happen: a round trip of the page has to do.
  await page.evaluate(() => fetch("/healthcheck").then((answer) => answer.text()));
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.add"]);

  await page.getByRole("button", { name: "Clear selection" }).click();
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.echo", "demo.add"]);
  await expect(page.locator(".connection-live")).toBeAttached();
});

test("a person can pause the page and resume it", async ({ page, api }) => {
  await open(page, "/tasks");
  await page.keyboard.press("r");
  await expect(page.getByRole("button", { name: /^Updates (are )?paused/ })).toContainText("Updates paused");
  const id = await api.send({ name: "demo.add", args: [2, 3] });
  await api.reaches(id, "SUCCESS");
  await expect(page.getByRole("heading", { name: "No tasks yet" })).toBeVisible();
  await page.keyboard.press("r");
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.add"]);
});

test("a failing task is told on the overview", async ({ page, api }) => {
  await open(page, "/");
  const failed = page.getByRole("link", { name: /^Failed/ });
  await expect(failed).toContainText("0");
  await api.send({ name: "demo.fail" });
  await expect(failed).toContainText("1");
  await failed.click();
  await expect(page).toHaveURL("/tasks?state=FAILURE&since=1h");
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.fail"]);
});
