// Adding and editing a schedule: the preview follows what is typed, mistakes are told where they are, and all of it
// works with a keyboard alone and without any script.

import type { Page } from "@playwright/test";

import { expect, open, test } from "../fixtures/test";
import type { Umbel } from "../fixtures/umbel";

type Entry = Record<string, unknown>;

async function definition(umbel: Umbel, name: string): Promise<Entry> {
  const answer = await fetch(`${umbel.url}/api/v1/schedules/${encodeURIComponent(name)}`);
  if (!answer.ok) throw new Error(`${answer.url} answers ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { definition: Entry }).definition;
}

async function put(umbel: Umbel, name: string, entry: Entry): Promise<void> {
  const answer = await fetch(`${umbel.url}/api/v1/schedules/${encodeURIComponent(name)}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(entry),
  });
  if (!answer.ok) throw new Error(`${answer.url} answers ${answer.status}: ${await answer.text()}`);
}

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const words = (page: Page) => page.locator(".preview-words");
const moments = (page: Page) => page.locator(".preview-list .preview-at");
const crontab = (page: Page) => page.getByRole("textbox", { name: "Crontab" });

test("a schedule is added, and its preview tells first what it will do", async ({ page, umbel }) => {
  await open(page, "/schedules/new");
  await expect(words(page)).toContainText("its next ten runs are listed here");
  await field(page, "Name").fill("nightly report");
  await field(page, "Task").fill("demo.add");
  await expect(page.locator("#task-hint")).toContainText("(x, y)");
  await page.getByRole("button", { name: "Weekdays at 9:00" }).click();
  await expect(crontab(page)).toHaveValue("0 9 * * mon-fri");
  await expect(moments(page)).toHaveCount(10);
  await expect(words(page)).toContainText("09:00");
  await field(page, "Time zone").fill("Asia/Tokyo");
  await expect(moments(page).first()).toContainText("09:00:00 JST");
  await field(page, "Arguments").fill("[2, 3]");

  // A page that is loaded anew would forget this.
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }));
  await page.getByRole("button", { name: "Add schedule" }).click();
  await expect(page).toHaveURL("/schedules/nightly%20report");
  expect(await page.evaluate(() => "loadedOnce" in window)).toBe(true);
  const entry = await definition(umbel, "nightly report");
  expect(entry).toMatchObject({ task: "demo.add", timezone: "Asia/Tokyo", args: [2, 3] });
});

test("the preview follows the kind, the fields and the zone", async ({ page }) => {
  await open(page, "/schedules/new?task=demo.add&timezone=Asia/Tokyo&crontab=0+9+*+*+*");
  await expect(moments(page).first()).toContainText("09:00:00 JST");
  await page.getByLabel("Times are told in").selectOption("UTC");
  await expect(moments(page).first()).toContainText("00:00:00 UTC");

  await page.getByRole("radio", { name: "Interval" }).check();
  await expect(crontab(page)).toBeHidden();
  await page.getByRole("textbox", { name: "Every" }).fill("90s");
  await expect(words(page)).toContainText(/every/i);
  await expect(moments(page)).toHaveCount(10);

  await page.getByRole("radio", { name: "Solar event" }).check();
  await page.getByLabel("Latitude").fill("52.5");
  await page.getByLabel("Longitude").fill("13.4");
  await expect(words(page)).toContainText(/sunset/i);
  await expect(moments(page)).toHaveCount(10);

  await page.getByRole("radio", { name: "Once" }).check();
  await page.getByLabel("At", { exact: true }).fill("2096-12-01T09:00");
  await expect(moments(page)).toHaveCount(1);
  await expect(moments(page).first()).toContainText("2096");
});

test("what is wrong is told at its field while typing, and nothing moves", async ({ page }) => {
  await open(page, "/schedules/new");
  await expect(page.locator("[aria-invalid]")).toHaveCount(0);
  const place = async () => (await field(page, "Keyword arguments").boundingBox())?.y;
  const before = await place();
  await crontab(page).fill("61 * * * *");
  await expect(page.locator("#crontab-error")).toContainText("61");
  await expect(crontab(page)).toHaveAttribute("aria-invalid", "true");
  await expect(crontab(page)).toHaveAttribute("aria-describedby", /crontab-error/);
  await field(page, "Time zone").fill("Europe/Berln");
  await expect(page.locator("#timezone-error")).toContainText("Europe/Berlin");
  await field(page, "Arguments").fill("[1");
  await expect(page.locator("#args-error")).toContainText("is not a JSON array");
  expect(await place(), "the place of what stands below").toBe(before);

  await crontab(page).fill("0 9 * * *");
  await expect(page.locator("#crontab-error")).toBeEmpty();
  await field(page, "Time zone").fill("Europe/Berlin");
  await field(page, "Arguments").fill("[1]");
  await expect(page.locator("[aria-invalid]")).toHaveCount(0);
  await expect(moments(page)).toHaveCount(10);
});

test("a refusal keeps everything typed and leads to the first mistake", async ({ page, umbel, watch }) => {
  watch.expect(/Failed to load resource.*\/fn\/put_schedule/);
  await open(page, "/schedules/new");
  await crontab(page).fill("0 9 * * *");
  await page.getByText("Queue, options and missed runs").click();
  await field(page, "Priority").fill("12");
  await page.getByText("Queue, options and missed runs").click();
  await page.getByRole("button", { name: "Add schedule" }).click();
  await expect(field(page, "Name")).toBeFocused();
  await expect(page.locator("#name-error")).toHaveText("Name is missing.");
  await expect(page.locator("#task-error")).toHaveText("Task is missing.");

  await field(page, "Name").fill("taken");
  await field(page, "Task").fill("demo.add");
  await expect(page.locator("#task-error")).toBeEmpty();
  await page.getByRole("button", { name: "Add schedule" }).click();
  await expect(field(page, "Priority")).toBeFocused();
  await expect(page.locator("#priority-error")).not.toBeEmpty();

  await put(umbel, "taken", { task: "demo.add", schedule: 3600 });
  await field(page, "Priority").fill("3");
  await page.getByRole("button", { name: "Add schedule" }).click();
  await expect(field(page, "Name")).toBeFocused();
  await expect(page.locator("#name-error")).toContainText("already");
  await expect(crontab(page)).toHaveValue("0 9 * * *");
  // The name stays refused, whatever else is changed, until it is another one.
  await crontab(page).fill("0 10 * * *");
  await expect(moments(page).first()).toContainText("10:00:00");
  await expect(page.locator("#name-error")).toContainText("already");
  await field(page, "Name").fill("free");
  await expect(page.locator("#name-error")).toBeEmpty();
  expect((await definition(umbel, "taken")).args ?? []).toEqual([]);
});

test("a stored schedule is edited and renamed", async ({ page, umbel }) => {
  const entry = { task: "demo.add", schedule: "0 9 * * mon", kwargs: { x: 1 }, options: { queue: "net", priority: 3 } };
  await put(umbel, "old/name", { ...entry, missed: "skip", max_running: 2 });
  await open(page, "/schedules/old%2Fname/edit");
  await expect(page.getByRole("heading", { name: "Edit old/name" })).toBeVisible();
  await expect(crontab(page)).toHaveValue("0 9 * * mon");
  await expect(field(page, "Keyword arguments")).toHaveValue('{"x":1}');
  await expect(field(page, "Queue")).toHaveValue("net");
  await expect(field(page, "After downtime")).toHaveValue("skip");
  await expect(moments(page)).toHaveCount(10);

  await field(page, "Name").fill("new name");
  await page.getByRole("radio", { name: "Interval" }).check();
  await page.getByRole("textbox", { name: "Every" }).fill("2h");
  await field(page, "Queue").fill("");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL("/schedules/new%20name");
  const changed = await definition(umbel, "new name");
  expect(changed).toMatchObject({ task: "demo.add", kwargs: { x: 1 }, options: { priority: 3 }, missed: "skip" });
  expect(changed.options).not.toHaveProperty("queue");
  const gone = await fetch(`${umbel.url}/api/v1/schedules/${encodeURIComponent("old/name")}`);
  expect(gone.status).toBe(404);
});

test("an answer to something older is dropped", async ({ page }) => {
  await open(page, "/schedules/new");
  let answerFirst = (): void => undefined;
  const held = new Promise<void>((done) => (answerFirst = done));
  let asked = 0;
  await page.route("**/fn/preview_schedule*", async (route) => {
    asked += 1;
    if (asked === 1) await held;
    await route.continue();
  });
  const first = page.waitForRequest("**/fn/preview_schedule*");
  await crontab(page).fill("0 7 * * *");
  const late = (await first).response();
  await crontab(page).fill("0 8 * * *");
  await expect(moments(page).first()).toContainText("08:00:00");
  answerFirst();
  await late;
  // Whatever the page does with the late answer it has done two frames later.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await expect(moments(page).first()).toContainText("08:00:00");
});

test("a keyboard is enough", async ({ page, umbel }) => {
  await open(page, "/schedules/new");
  await field(page, "Name").focus();
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Tab");
  await page.keyboard.type("demo.add");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("radio", { name: "Crontab" })).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "Interval" })).toBeChecked();
  await page.keyboard.press("Tab");
  await page.keyboard.type("45m");
  await expect(moments(page)).toHaveCount(10);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/schedules/by%20keyboard");
  expect((await definition(umbel, "by keyboard")).task).toBe("demo.add");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  // Without scripts nobody uses the wasm that the head asks for early.
  test.beforeEach(({ watch }) => watch.expect(/was preloaded using link preload but not used/));

  test("it is previewed, refused and added", async ({ page, umbel }) => {
    await page.goto("/schedules/new?task=demo.add");
    await field(page, "Name").fill("plain");
    await crontab(page).fill("61 9 * * *");
    await page.getByRole("button", { name: "Preview" }).click();
    await expect(page.locator("#crontab-error")).toContainText("61");
    await crontab(page).fill("0 9 * * *");
    await page.getByLabel("Times are told in").selectOption("UTC");
    await page.getByRole("button", { name: "Preview" }).click();
    await expect(moments(page)).toHaveCount(10);
    await expect(moments(page).first()).toContainText("09:00:00 UTC");
    expect(new URL(page.url()).searchParams.get("crontab")).toBe("0 9 * * *");

    await field(page, "Keyword arguments").fill("{oops");
    await page.getByRole("button", { name: "Add schedule" }).click();
    await expect(page.locator("#kwargs-error")).toContainText("is not a JSON object");
    await expect(field(page, "Keyword arguments")).toHaveValue("{oops");
    await expect(field(page, "Name")).toHaveValue("plain");
    await field(page, "Keyword arguments").fill('{"x": 1}');
    await page.getByRole("button", { name: "Add schedule" }).click();
    await expect(page).toHaveURL("/schedules/plain");
    expect(await definition(umbel, "plain")).toMatchObject({ task: "demo.add", kwargs: { x: 1 } });
  });

  test("it is edited", async ({ page, umbel }) => {
    await put(umbel, "plain", { task: "demo.add", schedule: 3600 });
    await page.goto("/schedules/plain/edit");
    await page.getByRole("radio", { name: "Crontab" }).check();
    await crontab(page).fill("@daily");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page).toHaveURL("/schedules/plain");
    await page.goto("/schedules/plain/edit");
    await expect(crontab(page)).toHaveValue("@daily");
  });
});
