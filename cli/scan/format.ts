import { Type } from "@sinclair/typebox";
import { KINDS, SEVERITIES } from "./finding";
import { SCAN_FORMAT } from "./report";

const TEXT = Type.String();
const TEXTS = Type.Array(TEXT);
const COUNT = Type.Integer({ minimum: 0 });
const SEVERITY = Type.Union(SEVERITIES.map((one) => Type.Literal(one)));

const FINDING = {
  kind: Type.Union(KINDS.map((one) => Type.Literal(one))),
  id: TEXT,
  aliases: TEXTS,
  severity: SEVERITY,
  title: TEXT,
  package: Type.Optional(Type.Object({ name: TEXT, version: TEXT })),
  fixed: TEXTS,
  places: Type.Array(Type.Object({ name: TEXT, line: Type.Optional(Type.Integer()) })),
  scanners: Type.Array(Type.Object({ name: TEXT, severity: SEVERITY })),
};

const ALLOWANCE = Type.Object({
  id: TEXT,
  package: Type.Optional(TEXT),
  place: Type.Optional(TEXT),
  until: TEXT,
  reason: TEXT,
});

/** What `groundplan scan report --format json` prints. */
export const SCAN_SCHEMA = Type.Object(
  {
    format: Type.Literal(SCAN_FORMAT),
    version: Type.Literal(1),
    date: TEXT,
    scanners: TEXTS,
    counts: Type.Object({ critical: COUNT, high: COUNT, medium: COUNT, low: COUNT, unknown: COUNT }),
    findings: Type.Array(Type.Object(FINDING)),
    allowed: Type.Array(Type.Object({ ...FINDING, until: TEXT, reason: TEXT })),
    expired: Type.Array(ALLOWANCE),
    unused: Type.Array(ALLOWANCE),
    failures: TEXTS,
  },
  { title: SCAN_FORMAT, description: "Findings of several scanners, each once." },
);
