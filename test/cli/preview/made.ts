import type { Metadata, Run, Work } from "../../../cli/preview/metadata";

/** A preview, as it is stored. */
export const PREVIEW: Metadata = {
  format: "groundplan-preview",
  version: 1,
  name: "payment-api",
  status: "active",
  template: "api-service",
  owner: "ana@example.com",
  ttl: "7d",
  createdAt: "2026-11-01T10:00:00.000Z",
  updatedAt: "2026-11-01T10:00:00.000Z",
  expiresAt: "2026-11-08T10:00:00.000Z",
  input: {},
  history: [],
};

/** A run that holds a preview. */
export function run(id: string, work: Work, now: string): Run {
  return { id, work, startedAt: now, renewedAt: now };
}
