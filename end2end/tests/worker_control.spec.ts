// Controlling a worker from its page: what is asked, what it answers, and what comes of it.

import type { Page } from "@playwright/test";

import { expect, open, test } from "../fixtures/test";

test.use({ flags: ["--name", "rose@garden", "--concurrency", "2", "--queues", "celery"] });

const WORKER = "/workers/rose%40garden";

/** One of the small forms, by its title. */
const act = (page: Page, title: string) => page.getByRole("group", { name: title });
const answer = (page: Page) => page.locator(".answer");

test("it tells of itself without being asked twice", async ({ page }) => {
  await open(page, WORKER);
  const said = page.getByRole("region", { name: "What it says of itself" });
  await expect(said).toContainText("Slots");
  await expect(page.getByRole("region", { name: "Registered tasks" })).toContainText("demo.echo");
  await expect(page.getByRole("region", { name: "Takes from" })).toContainText("celery");
  await page.getByRole("button", { name: "Ask again" }).click();
  await expect(said).toContainText("Slots");
});

test("the pool grows and shrinks", async ({ page, api }) => {
  await open(page, WORKER);
  await act(page, "Pool").getByLabel("Slots").fill("2");
  await act(page, "Pool").getByRole("button", { name: "Grow" }).click();
  await expect(answer(page)).toContainText("pool will grow");
  await expect.poll(async () => (await api.worker("rose@garden")).slots).toBe(4);
  await act(page, "Pool").getByLabel("Slots").fill("3");
  await act(page, "Pool").getByRole("button", { name: "Shrink" }).click();
  await expect(answer(page)).toContainText("pool will shrink");
  await expect.poll(async () => (await api.worker("rose@garden")).slots).toBe(1);
});

test("it takes from another queue and leaves it again", async ({ page, api }) => {
  const id = await api.send({ name: "demo.add", args: [2, 3], queue: "a/b é" });
  await open(page, WORKER);
  await act(page, "Queues").getByLabel("Queue").fill("a/b é");
  await act(page, "Queues").getByRole("button", { name: "Take from it" }).click();
  await expect(answer(page)).toContainText("add consumer a/b é");
  await api.reaches(id, "SUCCESS");
  await expect(page.getByRole("region", { name: "Takes from" })).toContainText("a/b é");
  await act(page, "Queues").getByRole("button", { name: "Stop taking" }).click();
  await expect(answer(page)).toContainText("no longer consuming from a/b é");
  await expect(page.getByRole("region", { name: "Takes from" })).not.toContainText("a/b é");
});

test("limits are set, and what it refuses it refuses in its own words", async ({ page, watch }) => {
  watch.expect(/Failed to load resource.*\/fn\/control_worker/);
  await open(page, WORKER);
  await act(page, "Rate limit").getByLabel("Task").fill("demo.add");
  await act(page, "Rate limit").getByLabel("Rate").fill("10/m");
  await act(page, "Rate limit").getByRole("button", { name: "Set rate limit" }).click();
  await expect(answer(page)).toContainText("new rate limit set successfully");
  await expect(page.getByRole("region", { name: "Registered tasks" })).toContainText("rate_limit=10/m");

  await act(page, "Time limits").getByLabel("Task").fill("demo.add");
  await act(page, "Time limits").getByLabel("Hard").fill("30");
  await act(page, "Time limits").getByRole("button", { name: "Set time limits" }).click();
  await expect(answer(page)).toContainText("time limits set successfully");

  await act(page, "Rate limit").getByLabel("Task").fill("nobody.knows");
  await act(page, "Rate limit").getByRole("button", { name: "Set rate limit" }).click();
  await expect(answer(page)).toContainText("rose@garden refuses: unknown task");
  await act(page, "Rate limit").getByLabel("Task").fill("");
  await act(page, "Rate limit").getByRole("button", { name: "Set rate limit" }).click();
  await expect(answer(page)).toContainText("The task is missing.");
});

test("its task events are turned off and on", async ({ page }) => {
  await open(page, WORKER);
  await act(page, "Task events").getByRole("button", { name: "Turn off" }).click();
  await expect(answer(page)).toContainText("task events disabled");
  await act(page, "Task events").getByRole("button", { name: "Turn on" }).click();
  await expect(answer(page)).toContainText("task events enabled");
  await act(page, "Is it there?").getByRole("button", { name: "Ping" }).click();
  await expect(answer(page)).toContainText("pong");
});

test("nothing is shut down before the question was answered", async ({ page, api }) => {
  await open(page, WORKER);
  await expect(page.getByRole("button", { name: "Shut down rose@garden" })).toBeHidden();
  await page.getByText("Shut down", { exact: true }).click();
  await expect(page.getByText("takes nothing more, finishes what it has in hand")).toBeVisible();
  await expect(page.getByRole("button", { name: "Shut down rose@garden" })).toBeVisible();
  expect((await api.worker("rose@garden")).online).toBe(true);
});
