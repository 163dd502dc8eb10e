import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";

/** What OASIS's schema of SARIF 2.1.0 has against a log; the schema is the copy in Microsoft's SDK. */
export function faults(log: object): readonly string[] {
  const file = require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
  // Written for draft 4 of JSON Schema: of what it uses, its own name alone is said in another way today, and its
  // patterns are older than the flag `u`.
  const { $schema: _, id: $id, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile({ $id, ...rest });
  validate(JSON.parse(JSON.stringify(log)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
