// What a stranger does first: look, send a task by the form, and watch it succeed.

import { alive, expect, open, test } from "../fixtures/test";

test("the overview of a fresh installation tells what to do", async ({ page }) => {
  await open(page, "/");
  await expect(page.getByRole("heading", { name: "No task has run yet" })).toBeVisible();
  const command = page.locator(".command code");
  await expect(command).toContainText(`curl ${new URL(page.url()).host}/api/v1/tasks`);
  await expect(page.getByRole("link", { name: /Workers online/ })).toContainText("1");
});

test("a task sent by the form succeeds before one's eyes", async ({ page, api }) => {
  await open(page, "/");
  await page.getByRole("main").getByRole("link", { name: "Send a task" }).click();
  await expect(page).toHaveURL("/tasks/new");
  await page.getByRole("link", { name: "demo.sleep" }).click();
  await expect(page.getByLabel("Task", { exact: true })).toHaveValue("demo.sleep");
  await page.getByLabel("Keyword arguments").fill('{"seconds": 0.5}');

  // A page that is loaded anew would forget this.
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }));
  await page.getByRole("button", { name: "Send task" }).click();
  await expect(page.getByRole("heading", { name: "demo.sleep" })).toBeVisible();
  const state = page.locator(".task-title .badge-word");
  await expect(state).toHaveText("SUCCESS");
  await expect(page.getByRole("heading", { name: "Result" }).locator("..")).toContainText("0.5");
  await expect(page.locator(".timeline-kind")).toContainText(["task-received", "task-started", "task-succeeded"]);
  expect(await page.evaluate(() => "loadedOnce" in window)).toBe(true);

  const { tasks } = await api.tasks();
  expect(tasks.map((task) => task.state)).toEqual(["SUCCESS"]);
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("heading", { name: "Throughput" })).toBeVisible();
  await expect(page.getByRole("link", { name: "demo.sleep" })).toBeVisible();
});

test("the first run's picture makes room when something runs", async ({ page, api }) => {
  await open(page, "/");
  await api.send({ name: "demo.add", args: [2, 3] });
  await expect(page.getByRole("heading", { name: "Throughput" })).toBeVisible();
});

test("the form tells at the field what is wrong with it", async ({ page, watch }) => {
  watch.expect(/Failed to load resource.*\/fn\/send_task/);
  await open(page, "/tasks/new?name=demo.add");
  await page.getByLabel("Keyword arguments").fill("{oops");
  await page.getByRole("button", { name: "Send task" }).click();
  await expect(page.locator("#kwargs-error")).not.toBeEmpty();
  await expect(page.getByLabel("Keyword arguments")).toHaveAttribute("aria-invalid", "true");

  await page.getByLabel("Keyword arguments").fill("{}");
  await page.getByLabel("Task", { exact: true }).fill("demo.ad");
  await page.getByRole("button", { name: "Send task" }).click();
  await expect(page.locator("#name-error")).toContainText('Did you mean "demo.add"?');
  await alive(page);
});
