import { Type } from "@sinclair/typebox";
import { documentSchema } from "../../console/document";

const TEXT = Type.String();
const TIME = Type.String({ description: "ISO 8601 in UTC" });

const SHOWN = Type.Object({
  name: TEXT,
  status: TEXT,
  template: TEXT,
  owner: TEXT,
  source: Type.String({ description: "repository, branch and commit, as far as they are known" }),
  createdAt: TIME,
  expiresAt: TIME,
  links: Type.Array(Type.Object({ words: TEXT, url: TEXT })),
  monthly: Type.Optional(Type.Number({ description: "USD a month" })),
  failure: Type.Optional(TEXT),
  history: Type.Array(
    Type.Object({ at: TIME, from: TEXT, to: TEXT, by: TEXT, reason: Type.Optional(TEXT) }),
    { description: "changes of status, the newest first" },
  ),
});

/** What `groundplan preview dashboard --json` prints: what the page shows. */
export const DASHBOARD_FORMATS = {
  "preview-dashboard": documentSchema(
    "groundplan.preview.dashboard",
    "What the dashboard of previews shows.",
    {
      madeAt: TIME,
      platform: TEXT,
      previews: Type.Array(SHOWN),
    },
  ),
} as const;
