// Lists, filters and plain actions are links and forms; scripts only make them quicker.

import { expect, test } from "../fixtures/test";

test.use({ javaScriptEnabled: false });

// Without scripts nobody uses the wasm that the head asks for early.
test.beforeEach(({ watch }) => watch.expect(/was preloaded using link preload but not used/));

test("pages are whole without any script", async ({ page, api }) => {
  const id = await api.send({ name: "demo.add", args: [2, 3] });
  await api.reaches(id, "SUCCESS");
  await page.goto("/");
  await expect(page.getByRole("link", { name: /^Workers online/ })).toContainText("1");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Tasks" }).click();
  await page.getByRole("link", { name: "demo.add" }).click();
  await expect(page.locator(".task-title .badge-word")).toHaveText("SUCCESS");
  await expect(page.getByRole("heading", { name: "Result" }).locator("..")).toContainText("5");
  await page.goto("/workers");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.goto("/queues");
  await expect(page.getByRole("row", { name: /^celery/ })).toBeVisible();
});

test("the list is filtered, sorted and paged", async ({ page, api }) => {
  await api.sendMany(Array.from({ length: 60 }, (_, number) => ({ name: "demo.echo", args: [number] })));
  await api.send({ name: "demo.fail" });
  await api.counts("state=SUCCESS", 60);
  await api.counts("state=FAILURE", 1);
  const rows = page.locator("tr[data-row]");
  await page.goto("/tasks");
  await expect(rows).toHaveCount(50);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(rows).toHaveCount(11);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(rows).toHaveCount(50);
  await page.getByRole("columnheader", { name: "Created" }).getByRole("link").click();
  await expect(page).toHaveURL("/tasks?sort=oldest");

  await page.getByLabel("FAILURE").check();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(rows).toHaveCount(1);
  await expect(page.getByLabel("FAILURE")).toBeChecked();
  expect(new URL(page.url()).searchParams.get("sort")).toBe("oldest");
  await page.getByLabel("Name", { exact: true }).fill("nothing");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(page.getByRole("heading", { name: "No task matches" })).toBeVisible();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await expect(rows).toHaveCount(50);
});

test("a task is sent by the form, and mistakes are told", async ({ page }) => {
  await page.goto("/tasks/new?name=demo.add");
  await expect(page.getByLabel("Task", { exact: true })).toHaveValue("demo.add");
  await page.getByLabel("Keyword arguments").fill("{oops");
  await page.getByRole("button", { name: "Send task" }).click();
  await expect(page.getByText(/kwargs is not a JSON object/)).toBeVisible();
  await expect(page.getByLabel("Task", { exact: true })).toHaveValue("demo.add");
  await expect(page.getByLabel("Keyword arguments")).toHaveValue("{oops");

  await page.getByLabel("Arguments", { exact: true }).fill("[2, 3]");
  await page.getByLabel("Keyword arguments").fill("");
  await page.getByRole("button", { name: "Send task" }).click();
  await expect(page).toHaveURL(/\/tasks\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name: "demo.add" })).toBeVisible();
});

test("a task is cancelled and retried from its page", async ({ page, api }) => {
  const waiting = await api.send({ name: "demo.add", args: [2, 3], countdown: 3600 });
  await api.reaches(waiting, "SCHEDULED");
  await page.goto(`/tasks/${waiting}`);
  await page.getByRole("button", { name: "Cancel task" }).click();
  await expect(page).toHaveURL(new RegExp(`/tasks/${waiting}\\??$`));
  await api.reaches(waiting, "REVOKED");

  await page.reload();
  await page.getByRole("button", { name: "Retry task" }).click();
  await expect(page).toHaveURL(new RegExp(`/tasks/${waiting}\\??$`));
  await expect.poll(async () => (await api.task(waiting)).retried_as.length).toBe(1);
});

test("a selection is cancelled and retried from the list", async ({ page, api }) => {
  const ids = await api.sendMany([1, 2, 3].map(() => ({ name: "demo.sleep", args: [3600] })));
  await api.counts("state=STARTED", 3);
  await page.goto("/tasks");
  for (const id of ids.slice(0, 2)) await page.locator(`[value="${id}"]`).check();
  await page.getByRole("button", { name: "Cancel selected" }).click();
  await api.counts("state=REVOKED", 2);
  await api.counts("state=STARTED", 1);

  await page.goto("/tasks?state=REVOKED");
  for (const id of ids.slice(0, 2)) await page.locator(`[value="${id}"]`).check();
  await page.getByRole("button", { name: "Retry selected" }).click();
  await api.counts("state=STARTED", 3);
});

test("a queue is looked through and purged", async ({ page, api }) => {
  await api.sendMany(Array.from({ length: 60 }, (_, number) => ({ name: "demo.add", args: [number], queue: "a/b" })));
  await page.goto("/queues");
  await page.getByRole("link", { name: "a/b" }).click();
  await expect(page.locator("table.waiting tbody tr")).toHaveCount(50);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.locator("table.waiting tbody tr")).toHaveCount(10);
  await page.getByText("Purge queue").click();
  await page.getByRole("textbox", { name: "Type the name of the queue" }).fill("a");
  await page.getByRole("button", { name: "Purge 60 messages" }).click();
  await expect(page.getByText("type the name of the queue, a/b, to confirm")).toBeVisible();
  await page.getByRole("textbox", { name: "Type the name of the queue" }).fill("a/b");
  await page.getByRole("button", { name: "Purge 60 messages" }).click();
  await expect(page.getByText("Purged 60 messages")).toBeVisible();
  expect((await api.queue("a/b")).ready).toBe(0);
});

test("a worker is controlled, and its answer comes back", async ({ page, api }) => {
  await page.goto(`/workers/${encodeURIComponent(await api.firstWorker())}`);
  await page.getByRole("group", { name: "Is it there?" }).getByRole("button", { name: "Ping" }).click();
  await expect(page.locator(".answer")).toContainText("pong");
  await page.getByRole("group", { name: "Pool" }).getByLabel("Slots").fill("many");
  await page.getByRole("group", { name: "Pool" }).getByRole("button", { name: "Grow" }).click();
  await expect(page.locator(".answer")).toContainText("The number of slots is not a whole number, such as 1.");
});
