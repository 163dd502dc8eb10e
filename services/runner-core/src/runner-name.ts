import type { Order } from "./order";

/** Name of a runner: `<fleet>-<job>-<attempt>-<unique>`, at most 64 characters. */
export function runnerName(fleet: string, { jobId, attempt }: Order, unique: string): string {
  return `${fleet}-${jobId}-${attempt}-${unique}`;
}

/** The job and the attempt that a runner was made for; undefined for a runner that is not the fleet's. */
export function attemptOf(fleet: string, name: string): Pick<Order, "jobId" | "attempt"> | undefined {
  if (!name.startsWith(`${fleet}-`)) return undefined;
  const [, jobId, attempt] = /^(\d+)-(\d+)-[a-z0-9]+$/.exec(name.slice(fleet.length + 1)) ?? [];
  return jobId && attempt ? { jobId: Number(jobId), attempt: Number(attempt) } : undefined;
}

/** Name of the runner of an instance that stays, where it has no number. */
export function standingName(fleet: string, instanceId: string): string {
  return `${fleet}-${instanceId}`;
}
