// Cancelling and retrying, from a task's page and for a selection in the list.

import { expect, open, test } from "../fixtures/test";

const ARGS = [1, "två", { deep: [null, true, 1.5, { text: "</script>" }] }];
const KWARGS = { message: "x".repeat(5000), more: { list: [1, 2, 3] } };

test("a waiting task is cancelled without a question", async ({ page, api }) => {
  const id = await api.send({ name: "demo.add", args: [2, 3], countdown: 3600 });
  await api.reaches(id, "SCHEDULED");
  await open(page, `/tasks/${id}`);
  await page.getByRole("button", { name: "Cancel task" }).click();
  await expect(page.locator(".task-title .badge-word")).toHaveText("REVOKED");
  await expect(page.getByRole("button", { name: "Cancel task" })).toBeDisabled();
  await api.reaches(id, "REVOKED");
});

test("a running task is terminated after one question", async ({ page, api }) => {
  const id = await api.send({ name: "demo.sleep", args: [3600] });
  await api.reaches(id, "STARTED");
  await open(page, `/tasks/${id}`);
  await page.getByRole("button", { name: "Terminate task" }).click();
  const question = page.getByRole("dialog", { name: "Terminate this task?" });
  await question.getByRole("button", { name: "Keep it running" }).click();
  await expect(question).toBeHidden();
  expect((await api.task(id)).state).toBe("STARTED");

  await page.getByRole("button", { name: "Terminate task" }).click();
  await question.getByRole("button", { name: "Terminate 1 task" }).click();
  await expect(page.locator(".task-title .badge-word")).toHaveText("REVOKED");
  await api.reaches(id, "REVOKED");
});

test("a selection with a running task is terminated after one question", async ({ page, api }) => {
  const waiting = await api.send({ name: "demo.add", args: [2, 3], countdown: 3600 });
  const running = await api.send({ name: "demo.sleep", args: [3600] });
  const spared = await api.send({ name: "demo.sleep", args: [3601] });
  await api.reaches(waiting, "SCHEDULED");
  await api.reaches(running, "STARTED");
  await api.reaches(spared, "STARTED");
  await open(page, "/tasks");
  const row = (id: string) => page.locator("tr[data-row]", { has: page.locator(`[value="${id}"]`) });
  await row(waiting).getByRole("checkbox").check();
  await row(running).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Cancel 2 tasks" }).click();
  const question = page.getByRole("dialog", { name: "Terminate running tasks?" });
  await question.getByRole("button", { name: "Keep them running" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByRole("button", { name: "Cancel 2 tasks" })).toBeFocused();
  expect((await api.task(running)).state).toBe("STARTED");

  await page.getByRole("button", { name: "Cancel 2 tasks" }).click();
  await question.getByRole("button", { name: "Terminate 1 running task" }).click();
  await expect(row(waiting).locator(".badge-word")).toHaveText("REVOKED");
  await expect(row(running).locator(".badge-word")).toHaveText("REVOKED");
  await expect(page.getByRole("group", { name: "Selected tasks" })).toBeHidden();
  await expect(row(spared).locator(".badge-word")).toHaveText("STARTED");
});

test("a selection of waiting tasks is cancelled without a question", async ({ page, api }) => {
  await api.sendMany([1, 2].map(() => ({ name: "demo.add", args: [2, 3], countdown: 3600 })));
  await api.counts("state=SCHEDULED", 2);
  await open(page, "/tasks");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.getByRole("button", { name: "Cancel 2 tasks" }).click();
  await api.counts("state=REVOKED", 2);
});

test("a retry has the same arguments, and both know of each other", async ({ page, api }) => {
  const failed = await api.send({ name: "demo.fail", args: ARGS, kwargs: KWARGS });
  const before = await api.reaches(failed, "FAILURE");
  await open(page, `/tasks/${failed}`);
  await page.getByRole("button", { name: "Retry task" }).click();
  const facts = page.locator(".task-facts");
  await expect(facts).toContainText("Retried as");
  await facts.locator("dt", { hasText: "Retried as" }).locator("+ dd").getByRole("link").click();
  await expect(page).not.toHaveURL(`/tasks/${failed}`);
  await expect(facts).toContainText("Retry of");

  const again = decodeURIComponent(page.url().split("/").pop() ?? "");
  const after = await api.reaches(again, "FAILURE");
  expect(after.args).toEqual(ARGS);
  expect(after.kwargs).toEqual(KWARGS);
  expect(after.retry_of).toBe(failed);
  expect(before.args).toEqual(ARGS);
  expect((await api.task(failed)).retried_as).toEqual([again]);

  await facts.locator("dt", { hasText: "Retry of" }).locator("+ dd").getByRole("link").click();
  await expect(page).toHaveURL(`/tasks/${failed}`);
});

test("a selection of failed tasks is retried", async ({ page, api }) => {
  const failed = await api.sendMany([1, 2, 3].map((number) => ({ name: "demo.fail", kwargs: { message: `${number}` } })));
  await api.counts("state=FAILURE", 3);
  await open(page, "/tasks?state=FAILURE");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.getByRole("button", { name: "Retry 3 tasks" }).click();
  await expect(page.getByText("Retrying 3 tasks")).toBeVisible();
  await api.counts("state=FAILURE", 6);
  for (const id of failed) expect((await api.task(id)).retried_as).toHaveLength(1);
});

test("what can not be done says why", async ({ page, api, watch }) => {
  watch.expect(/Failed to load resource.*\/fn\/cancel_tasks/);
  const id = await api.send({ name: "demo.sleep", args: [3600] });
  await api.reaches(id, "STARTED");
  await open(page, `/tasks/${id}`);
  await expect(page.getByRole("button", { name: "Retry task" })).toBeDisabled();
  await expect(page.getByText("It can not be retried: It has not finished yet.")).toBeVisible();

  const done = await api.send({ name: "demo.add", args: [2, 3] });
  await api.reaches(done, "SUCCESS");
  await open(page, "/tasks?state=SUCCESS");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.getByRole("button", { name: "Cancel 1 task" }).click();
  await expect(page.getByText("It has already finished with SUCCESS.")).toBeVisible();
});
