import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SynthError } from "@groundplan/modules/core";
import { Ajv } from "ajv";
import { checkInput, readInput } from "../../previews/input";
import { DOCUMENT, documentWith } from "./documents";

function faultsOf(document: unknown): string {
  try {
    checkInput(document);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
}

/** The schema that the command line has. */
const published = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(join(__dirname, "../../cli/preview-input.schema.json"), "utf8")),
);

test("a document passes, and so it does by the schema that the command line has", () => {
  expect(checkInput(DOCUMENT)).toBe(DOCUMENT);
  expect(published(DOCUMENT)).toBe(true);
});

test.each([
  ["name", { name: "Preview" }],
  ["name", { name: "../../dev" }],
  ["name", { name: "a".repeat(41) }],
  ["template", { template: "../main" }],
  ["owner", { owner: "ada\n" }],
  ["owner", { owner: "<script>" }],
  ["image", { image: "nginx; rm -rf /" }],
  ["image", { image: '${file("/etc/passwd")}' }],
  ["ttl", { ttl: "0d" }],
  ["expiresAt", { expiresAt: "tomorrow" }],
  ["network", { network: "public" }],
  ["database", { database: "mine" }],
  ["config.container_port", { config: { container_port: 70_000 } }],
  ["config.extra", { config: { extra: 1 } }],
  ["platform.account", { platform: { account: "12" } }],
  ["platform.zoneId", { platform: { zoneId: "zone" } }],
])("refuses a wrong %s: %j", (place, change) => {
  const document = documentWith(change);
  expect(faultsOf(document)).toContain(`${place} is not what a preview takes`);
  expect(published(document)).toBe(false);
});

test("every fault is told at once, and no value is repeated", () => {
  const faults = faultsOf(
    documentWith({ name: "A", ttl: "x", config: { environment: { A: 1, "A B": "hunter2" } } }),
  );
  expect(faults).toContain("name is not");
  expect(faults).toContain("ttl is not");
  expect(faults).not.toContain("hunter2");
});

test("a file that is missing, or no JSON, is said", () => {
  expect(() => readInput("/nowhere.json")).toThrow("missing or not JSON");
  expect(() => readInput(__filename)).toThrow("missing or not JSON");
});
