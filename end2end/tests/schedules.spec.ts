// Schedules: what runs next, what ran last and how it went, the week ahead, and what one can do about it.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { expect, open, test } from "../fixtures/test";
import { Umbel } from "../fixtures/umbel";

const DAILY = "0 9 * * *";

const row = (page: Page, name: string) => page.locator("tr[data-row]").filter({ has: page.getByRole("link", { name, exact: true }) });
const names = (page: Page) => page.locator("[data-row-link]").allTextContents();
const notices = (page: Page) => page.getByRole("region", { name: "Notices" });

test("an entry runs before one's eyes", async ({ page, api }) => {
  await open(page, "/schedules");
  await expect(page.getByRole("heading", { name: "No schedule yet" })).toBeVisible();
  await expect(page.getByText("[beat_schedule.every-morning]")).toBeVisible();

  await api.putSchedule("ticking", { task: "demo.add", schedule: 1, args: [2, 3] });
  await api.putSchedule("later", { task: "demo.echo", schedule: DAILY, timezone: "Europe/Berlin" });
  await page.reload();
  await expect(page.getByText(/^Scheduled by .+, this process$/)).toBeVisible();
  await expect(row(page, "ticking")).toContainText("SUCCESS");
  await expect(row(page, "ticking")).toContainText("demo.add");
  const marks = row(page, "ticking").locator(".run-done");
  const before = await marks.count();
  await expect.poll(() => marks.count()).toBeGreaterThan(before + 2);
  await expect(row(page, "ticking").locator(".visually-hidden")).toContainText(/newest: .*\d+ SUCCESS/);
  await expect(row(page, "later").getByTitle("0 9 * * *, Europe/Berlin")).toBeVisible();
  await expect(row(page, "later").locator("time").first()).toHaveText(/^in \d+[hms]$/);
  expect(await names(page)).toEqual(["ticking", "later"]);

  const mark = row(page, "ticking").locator("a.run").first();
  await expect(mark).toHaveAttribute("title", / · SUCCESS in .+, on time$/);
  const href = (await mark.getAttribute("href")) ?? "";
  await page.goto(href);
  await expect(page.getByRole("heading", { name: "demo.add" })).toBeVisible();
});

test("what a mark's task comes to is seen in the row", async ({ page, api }) => {
  await api.putSchedule("by hand", { task: "demo.sleep", schedule: DAILY, args: [3600] });
  await open(page, "/schedules");
  await page.getByRole("button", { name: "Run now: by hand" }).click();
  await expect(notices(page)).toContainText("Sent 1 task");
  await expect(row(page, "by hand").locator(".run-running.run-by-hand")).toHaveAttribute("title", /STARTED, by hand$/);
  await expect(row(page, "by hand").getByText("STARTED", { exact: true })).toBeVisible();
  const [run] = (await api.schedule("by hand")).runs;
  await api.cancel(run?.id ?? "");
  await expect(row(page, "by hand").locator(".run-failed.run-by-hand")).toBeVisible();
  await notices(page).getByRole("link", { name: "Open" }).click();
  await expect(page).toHaveURL(`/tasks/${run?.id}`);
});

test("a switch turns an entry off and on", async ({ page, api }) => {
  await api.putSchedule("morning", { task: "demo.add", schedule: DAILY });
  await open(page, "/schedules");
  const toggle = page.getByRole("switch", { name: "morning is scheduled" });
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await toggle.focus();
  await page.keyboard.press("Enter");
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expect(toggle).toBeFocused();
  await expect(row(page, "morning")).toContainText("Paused");
  expect((await api.schedule("morning")).standing).toBe("paused");
  await page.keyboard.press("Enter");
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  expect((await api.schedule("morning")).standing).toBe("active");
});

test("the list is filtered, sorted and paged, and its address says so", async ({ page, api }) => {
  for (let number = 10; number < 65; number++) {
    await api.putSchedule(`entry ${number}`, { task: "demo.add", schedule: `${number - 10} 9 * * *` });
  }
  await api.putSchedule("asleep", { task: "demo.echo", schedule: DAILY });
  await api.pauseSchedule("asleep");
  await open(page, "/schedules?sort=name");
  await expect(page.getByText("56 schedules")).toBeVisible();
  expect((await names(page)).slice(0, 2)).toEqual(["asleep", "entry 10"]);
  await page.keyboard.press("]");
  await expect(page).toHaveURL("/schedules?sort=name&offset=50");
  await expect(page.locator("[data-row-link]")).toHaveCount(6);
  await page.keyboard.press("[");
  await expect(page).toHaveURL("/schedules?sort=name");

  await page.keyboard.press("/");
  await page.keyboard.type("echo");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/schedules?search=echo&sort=name");
  expect(await names(page)).toEqual(["asleep"]);
  await page.getByLabel("Standing").selectOption("active");
  await expect(page).toHaveURL("/schedules?search=echo&standing=active&sort=name");
  await expect(page.getByRole("heading", { name: "No schedule matches" })).toBeVisible();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await expect(page).toHaveURL("/schedules?sort=name");
  await page.getByRole("columnheader", { name: "Next run" }).getByRole("link").click();
  await expect(page).toHaveURL("/schedules");
  await expect(page.getByRole("columnheader", { name: "Next run" })).toHaveAttribute("aria-sort", "ascending");
});

test("rows stay where they are under the hand", async ({ page, api }) => {
  // By their next run the two would change places every second.
  await api.putSchedule("one", { task: "demo.add", schedule: 2, args: [1, 1] });
  await api.putSchedule("two", { task: "demo.add", schedule: 2, args: [1, 1] });
  await api.putSchedule("three", { task: "demo.add", schedule: 3, args: [1, 1] });
  await open(page, "/schedules");
  await page.keyboard.press("j");
  const order = await names(page);
  const marks = page.locator("tr[data-row]").first().locator("a.run");
  const before = await marks.count();
  await expect.poll(() => marks.count()).toBeGreaterThan(before + 2);
  expect(await names(page)).toEqual(order);
});

test("everything is reached by keys", async ({ page, api }) => {
  for (const name of ["a", "b"]) await api.putSchedule(name, { task: "demo.add", schedule: DAILY, args: [2, 3] });
  await open(page, "/");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page).toHaveURL("/schedules");
  await expect(page.getByRole("heading", { level: 1, name: "Schedules" })).toBeVisible();
  await expect(row(page, "b")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: "b", exact: true })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Run now: b" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("switch", { name: "b is scheduled" })).toBeFocused();
  await page.keyboard.press("k");
  await expect(page.getByRole("link", { name: "a", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/schedules/a");
});

test("the week ahead is walked hour by hour, in the zone one wants", async ({ page, api }) => {
  await api.putSchedule("often", { task: "demo.add", schedule: "*/10 * * * *" });
  await open(page, "/schedules");
  await page.getByRole("link", { name: "Week" }).click();
  await expect(page).toHaveURL("/schedules?view=calendar");
  const week = page.getByRole("grid", { name: "Expected tasks by day and hour, UTC" });
  await expect(week.locator("tbody td")).toHaveCount(7 * 24);
  const now = week.locator("[aria-current=time]");
  await now.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("End");
  for (let hour = 0; hour < 4; hour++) await page.keyboard.press("PageUp");
  await page.keyboard.press("ArrowDown");
  const cell = week.locator("tbody tr").nth(1).locator("td").nth(6);
  await expect(cell).toBeFocused();
  await expect(cell).toHaveText("6");
  await expect(page.locator(".week-said")).toHaveText(/^\w{3} \d\d, 01:00: 6 tasks.*\. Most of them: often$/);
  await week.locator("tbody tr").nth(2).locator("td").nth(5).hover();
  await expect(page.locator(".week-said")).toContainText("02:00: 6 tasks");
});

test.describe("far away", () => {
  test.use({ timezoneId: "Asia/Kathmandu" });

  test("hours are counted in the reader's zone, and in UTC when that is wanted", async ({ page, api }) => {
    await api.putSchedule("noon", { task: "demo.add", schedule: "0 12 * * *" });
    await open(page, "/schedules?view=calendar");
    const noon = (hour: number) => page.locator(".week tbody tr").nth(hour).locator("td").nth(3);
    await expect(page.getByRole("grid", { name: /Kat(h)?mandu/ })).toBeVisible();
    // A quarter of an hour before six in the evening.
    await expect(noon(17)).toHaveText("1");
    await page.getByRole("button", { name: /^Local, UTC\+05:45/ }).click();
    await expect(page.getByRole("grid", { name: /UTC/ })).toBeVisible();
    await expect(noon(12)).toHaveText("1");
  });
});

test("one schedule tells what it will do and what it has done", async ({ page, api }) => {
  await api.putSchedule("report", {
    task: "demo.fail",
    schedule: "30 2 * * *",
    timezone: "Europe/Berlin",
    options: { queue: "celery" },
    missed: "all",
    missed_limit: 7,
    max_running: 1,
  });
  await open(page, "/schedules");
  await page.getByRole("link", { name: "report", exact: true }).click();
  await expect(page).toHaveURL("/schedules/report");
  const facts = page.locator(".facts");
  for (const fact of ["30 2 * * *", "Europe/Berlin", "demo.fail", "each made up for, at most 7"]) {
    await expect(facts).toContainText(fact);
  }
  await expect(page.locator(".upcoming li")).toHaveCount(10);
  await expect(page.locator(".upcoming li").first()).toContainText(/02:30:00 CES?T/);
  await expect(page.getByText("It has not run yet.")).toBeVisible();
  await page.getByRole("button", { name: "Run now: report" }).click();
  const history = page.getByRole("region", { name: "History" }).getByRole("row");
  await expect(history.nth(1)).toContainText("FAILURE");
  await expect(history.nth(1)).toContainText("by hand");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(facts).toContainText("Paused");
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(facts).not.toContainText("Paused");
  await expect(page.getByRole("link", { name: "Edit" })).toHaveAttribute("href", "/schedules/report/edit");
});

test("a schedule is deleted once its name was typed", async ({ page, api, watch }) => {
  watch.expect(/Failed to load resource.*\/fn\/remove_schedule/);
  await api.putSchedule("a/b", { task: "demo.add", schedule: DAILY });
  await open(page, "/schedules/a%2Fb");
  await page.getByText("Delete schedule").click();
  await page.getByRole("textbox", { name: "Type the name" }).fill("a");
  await page.getByRole("button", { name: "Delete a/b" }).click();
  await expect(page.getByText("Nothing was deleted: type the name of the schedule, a/b, to confirm.")).toBeVisible();
  expect((await api.schedule("a/b")).name).toBe("a/b");
  await page.getByRole("textbox", { name: "Type the name" }).fill("a/b");
  await page.getByRole("button", { name: "Delete a/b" }).click();
  await expect(page).toHaveURL("/schedules");
  await expect(page.getByText("Deleted a/b")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No schedule yet" })).toBeVisible();
});

test("names are texts, whatever they are", async ({ page, api }) => {
  const hostile = ["<img src=x onerror=alert(1)>", "50% off?#now", "növt & ро́за"];
  for (const name of hostile) await api.putSchedule(name, { task: "demo.echo", schedule: DAILY, args: [name] });
  for (const name of hostile) {
    await open(page, "/schedules");
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
    await expect(page.locator("img[src=x]")).toHaveCount(0);
  }
});

test("what a file says is read-only, and a mistake there harms nobody else", async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), "umbel-e2e-"));
  await writeFile(
    join(folder, "umbel.toml"),
    `[beat_schedule.good]\ntask = "demo.add"\nschedule = "${DAILY}"\n[beat_schedule.bad]\ntask = "demo.add"\nschedule = "99 9 * * *"\n`,
  );
  const umbel = await Umbel.start([], folder);
  try {
    await open(page, `${umbel.url}/schedules`);
    await expect(row(page, "bad")).toContainText("Broken");
    await expect(row(page, "bad").locator(".schedule-trouble")).toContainText("99");
    await row(page, "good").getByRole("switch").click();
    await expect(row(page, "good")).toContainText("Paused");
    await page.getByRole("link", { name: "good", exact: true }).click();
    await expect(page.getByText(/This schedule comes from the file .*umbel\.toml.* of .+: it is edited and deleted there/)).toBeVisible();
    await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
    await expect(page.getByText("Delete schedule")).toHaveCount(0);
  } finally {
    await umbel.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test.describe("without any script", () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ watch }) => watch.expect(/was preloaded using link preload but not used/));

  test("schedules are looked through, paused, run and deleted", async ({ page, api }) => {
    for (const name of ["first", "second"]) await api.putSchedule(name, { task: "demo.add", schedule: DAILY, args: [2, 3] });
    await page.goto("/schedules");
    await page.getByLabel("Name or task").fill("seco");
    await page.getByLabel("Order").selectOption("Name");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    expect(await names(page)).toEqual(["second"]);
    expect(new URL(page.url()).searchParams.get("sort")).toBe("name");

    await page.getByRole("switch", { name: "second is scheduled" }).click();
    await expect(row(page, "second")).toContainText("Paused");
    expect(new URL(page.url()).searchParams.get("search")).toBe("seco");
    await page.getByRole("button", { name: "Run now: second" }).click();
    await expect(page).toHaveURL(/\/schedules\/second\?told=/);
    await expect(page.getByText(/^Sent the task [0-9a-f-]{36}$/)).toBeVisible();
    await expect(page.getByRole("region", { name: "History" }).getByRole("row")).toHaveCount(2);

    await page.goto("/schedules?view=calendar");
    await expect(page.locator(".week tbody td")).toHaveCount(7 * 24);
    await page.goto("/schedules/second");
    await page.getByText("Delete schedule").click();
    await page.getByRole("textbox", { name: "Type the name" }).fill("first");
    await page.getByRole("button", { name: "Delete second" }).click();
    await expect(page.getByText("type the name of the schedule, second, to confirm")).toBeVisible();
    await page.getByRole("textbox", { name: "Type the name" }).fill("second");
    await page.getByRole("button", { name: "Delete second" }).click();
    await expect(page.getByText("Deleted second")).toBeVisible();
    expect(await names(page)).toEqual(["first"]);
  });
});
