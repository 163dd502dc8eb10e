import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MODULES = join(__dirname, "..", "..", "modules");

/** What a file exports without a docstring: types and functions, and the members of interfaces and classes. */
function undocumented(source: string): readonly string[] {
  const lines = source.split("\n");
  const found: string[] = [];
  let type: string | undefined;
  lines.forEach((line, index) => {
    const isDocumented = lines[index - 1]?.trimEnd().endsWith("*/") ?? false;
    const exported = /^export (?:abstract )?(interface|class|function|const|type) (\w+)/.exec(line);
    if (exported && !isDocumented) found.push(exported[2] ?? "");
    if (exported && /interface|class/.test(exported[1] ?? "")) type = exported[2];
    else if (line === "}") type = undefined;
    const member = /^ {2}(?:static |get )?(?:readonly )?(\w+)\??[:(]/.exec(line)?.[1];
    if (type && member && member !== "constructor" && !isDocumented) found.push(`${type}.${member}`);
  });
  return found;
}

test("everything that the modules export says what it is", () => {
  const files = readdirSync(MODULES, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/(?:^|\/)(?:dist|node_modules)\//.test(file),
  );
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    undocumented(readFileSync(join(MODULES, file), "utf8")).map((name) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

test("finds what has no docstring, and nothing that has one or is private", () => {
  const source = `export interface Props {
  readonly name: string;

  /** Id of the VPC. */
  readonly vpcId: string;
}

/** A network. */
export class Network {
  readonly id: string;
  private readonly secret: string;

  constructor(props: Props) {
    this.id = props.name;
  }

  grantRead(): void {}
}

export function networkOf(): void {}
`;
  expect(undocumented(source)).toEqual([
    "Props",
    "Props.name",
    "Network.id",
    "Network.grantRead",
    "networkOf",
  ]);
});
