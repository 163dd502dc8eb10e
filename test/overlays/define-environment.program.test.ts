import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineEnvironment } from "../platform";

const root = join(__dirname, "../..");

test("an overlay changes what it names and keeps every other default", () => {
  const environment = defineEnvironment({
    name: "test",
    account: "123456789012",
    network: { cidr: "10.9.0.0/16", flowLogs: { retentionDays: 7 } },
  });

  expect(environment.network.flowLogs).toEqual({
    destination: "cloudwatch",
    retentionDays: 7,
    encrypted: false,
  });
  expect(environment.network.nat).toBe("single");
});

describe("the compiler", () => {
  /** Compiles an overlay with the real compiler; the errors it printed, or "" when there are none. */
  function compile(overlay: string): string {
    const folder = mkdtempSync(join(root, "test/overlays/.compile-"));
    try {
      const environment = JSON.stringify(join(root, "overlays/define-environment"));
      writeFileSync(
        join(folder, "overlay.ts"),
        `import { defineEnvironment } from ${environment};\nexport const test = defineEnvironment(${overlay});\n`,
      );
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({
          extends: join(root, "tsconfig.base.json"),
          compilerOptions: { noEmit: true, composite: false, declaration: false },
          files: ["overlay.ts"],
        }),
      );
      execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
        encoding: "utf8",
      });
      return "";
    } catch (error) {
      return (error as { stdout: string }).stdout;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  const overlay = (network: string) => `{ name: "test", account: "123456789012", network: { ${network} } }`;

  test("takes a valid overlay", () => {
    expect(compile(overlay('cidr: "10.9.0.0/16"'))).toBe("");
  });

  test.each([
    ["an unknown key", 'cidr: "10.9.0.0/16", natGateways: 3', "natGateways"],
    ["an unknown key further down", 'cidr: "10.9.0.0/16", flowLogs: { retention: 14 }', "retention"],
    ["a value of another type", 'cidr: "10.9.0.0/16", ipv6: "yes"', "boolean"],
    ["a value that is not offered", 'cidr: "10.9.0.0/16", nat: "double"', '"double"'],
    ["a key that every overlay must give", "", "cidr"],
  ])("refuses %s", (_, network, named) => {
    expect(compile(overlay(network))).toContain(named);
  });
});
