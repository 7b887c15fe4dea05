// BullMQ's side of the benchmark: `fill N` queues jobs, `work N` works on N at a time.
import { Queue, Worker } from "bullmq";

const url = new URL(process.env.BENCH_REDIS);
const connection = { host: url.hostname, port: Number(url.port), maxRetriesPerRequest: null };
const [mode, count] = [process.argv[2], Number(process.argv[3])];

if (mode === "fill") {
  const queue = new Queue("bench", { connection });
  for (let left = count; left > 0; left -= 1000) {
    const jobs = Array.from({ length: Math.min(1000, left) }, () => ({ name: "no_op", data: {} }));
    await queue.addBulk(jobs);
  }
  await queue.close();
} else {
  const worker = new Worker("bench", async () => 1, { connection, concurrency: count });
  process.on("SIGTERM", () => worker.close().finally(() => process.exit(0)));
}
