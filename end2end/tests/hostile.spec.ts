// What a task brings along is shown as text, wherever it turns up, and harms nobody.

import type { Page } from "@playwright/test";

import { alive, expect, open, test } from "../fixtures/test";
import { Umbel } from "../fixtures/umbel";

const MARKUP = `<img src=x onerror="window.harmed=1"><script>window.harmed=2</script></title></script><svg onload=window.harmed=3>`;
const WORKER = "<img/src=x/onerror=window.harmed=7>@garden";
const NAME = `<img src=x onerror=window.harmed=4></title><script>window.harmed=5</script>`;

/** Nothing of it ran, and none of it became an element. */
async function unharmed(page: Page): Promise<void> {
  expect(await page.evaluate(() => Reflect.get(window, "harmed"))).toBeUndefined();
  await expect(page.locator("img[src=x], svg[onload]")).toHaveCount(0);
}

test("hostile arguments, results and errors are text", async ({ page, api }) => {
  const echo = await api.send({ name: "demo.echo", args: [MARKUP], kwargs: { [MARKUP]: { deep: [MARKUP] } } });
  const fail = await api.send({ name: "demo.fail", kwargs: { message: MARKUP } });
  await api.reaches(echo, "SUCCESS");
  await api.reaches(fail, "FAILURE");

  await open(page, "/tasks");
  await expect(page.locator("td.col-call").first()).toContainText("<img src=x");
  await unharmed(page);
  await page.reload();
  await alive(page);
  await unharmed(page);

  for (const id of [echo, fail]) {
    await open(page, `/tasks/${id}`);
    await expect(page.getByRole("main")).toContainText("<script>window.harmed=2</script>");
    await unharmed(page);
  }
  await expect(page.locator(".task-exception")).toContainText(MARKUP);

  // The same over the live stream instead of the server's HTML.
  await open(page, "/tasks");
  const fresh = await api.send({ name: "demo.fail", kwargs: { message: MARKUP } });
  const row = page.locator("tr[data-row]", { has: page.locator(`[value="${fresh}"]`) });
  await expect(row.locator(".badge-word")).toHaveText("FAILURE");
  await unharmed(page);
  await row.locator("[data-row-link]").click();
  await expect(page.locator(".task-exception")).toContainText(MARKUP);
  await unharmed(page);
});

test("hostile names of queues and workers are text", async ({ page, watch }) => {
  const umbel = await Umbel.start(["--name", WORKER, "--queues", `celery,${NAME}`]);
  const [waiting, failed] = await umbel.api.sendMany([
    { name: "demo.add", args: [MARKUP], queue: NAME, countdown: 3600 },
    { name: "demo.fail", kwargs: { message: MARKUP }, queue: NAME },
  ]);
  await umbel.api.reaches(failed ?? "", "FAILURE");
  const worker = `/workers/${encodeURIComponent(WORKER)}`;
  for (const path of ["/", "/tasks", `/tasks/${waiting}`, `/tasks/${failed}`, "/workers", worker, "/queues"]) {
    await open(page, `${umbel.url}${path}`);
    if (path !== "/") await expect(page.getByRole("main")).toContainText(/<img.src=x.onerror=window.harmed=[47]>/);
    await unharmed(page);
  }
  await open(page, `${umbel.url}${worker}`);
  await expect(page).toHaveTitle(`${WORKER} · Umbel`);
  expect(watch.unexpected()).toEqual([]);
  await page.goto("about:blank");
  await umbel.stop();
});

test("hostile addresses are text", async ({ page, watch }) => {
  watch.expect(/Failed to load resource.*40[04]/);
  for (const path of [
    `/tasks?name=${encodeURIComponent(MARKUP)}&queue=${encodeURIComponent(MARKUP)}&after=${encodeURIComponent("1'\"<b>")}`,
    `/tasks/${encodeURIComponent(MARKUP)}`,
    `/workers/${encodeURIComponent(MARKUP)}`,
    `/tasks/new?name=${encodeURIComponent(MARKUP)}`,
    `/${encodeURIComponent(MARKUP)}`,
    `/?span=${encodeURIComponent(MARKUP)}`,
  ]) {
    await page.goto(path);
    await alive(page);
    await unharmed(page);
  }
});

test("nothing but our own scripts may run", async ({ page, umbel, watch }) => {
  watch.expect(/Executing inline script violates/);
  const answer = await fetch(`${umbel.url}/`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src");
  expect(policy).not.toContain("unsafe-inline");
  expect(policy).not.toMatch(/'unsafe-eval'/);
  await open(page, "/");
  // The browser refuses what a script of ours would refuse as well: this one carries no nonce.
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.harmed = 6";
    document.body.append(script);
    return Reflect.get(window, "harmed");
  });
  expect(ran).toBeUndefined();
});
