import { Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

const notify = documentSchema("groundplan.notify", "A message that was sent.", {
  channel: Type.Union([Type.Literal("slack"), Type.Literal("pagerduty")]),
  event: Type.String({ minLength: 1 }),
  sent: Type.Boolean({
    description: "false with --dry-run, and with --if-configured where nothing is configured",
  }),
  tries: Type.Integer({ minimum: 0 }),
  dedupKey: Type.Optional(Type.String({ description: "key of the incident in PagerDuty" })),
  body: Type.Optional(Type.Object({}, { description: "with --dry-run: what would be sent" })),
});

/** What `groundplan notify` prints with `--json`, by the name of the schema's file. */
export const NOTIFY_FORMATS = { notify };
