import type { PreviewRecord } from "../../../../cli/preview/dashboard/data";

/** A preview's metadata, as far as the dashboard and the comment read it. */
export function record(name: string, other: Partial<PreviewRecord> = {}): PreviewRecord {
  return {
    name,
    status: "active",
    template: "api-service",
    owner: "dev@example.com",
    repository: "org/app",
    branch: "feature/pay",
    pullRequest: 7,
    commit: "0123456789abcdef0123456789abcdef01234567",
    createdAt: "2026-11-29T10:00:00.000Z",
    expiresAt: "2026-12-06T10:00:00.000Z",
    endpoint: `https://${name}.previews.example.com`,
    logGroup: `/groundplan/previews/${name}`,
    cost: { monthly: 43.8 },
    run: { url: "https://github.com/org/app/actions/runs/12" },
    history: [
      { at: "2026-11-29T10:00:00.000Z", from: "", to: "provisioning", by: "dev" },
      { at: "2026-11-29T10:02:00.000Z", from: "provisioning", to: "active", by: "dev", reason: "created" },
    ],
    ...other,
  };
}
