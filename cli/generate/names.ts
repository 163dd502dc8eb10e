import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** What is generated. */
export type Kind = "environment" | "stack" | "service" | "app";

/** The longest name of each kind. AWS and Kubernetes limit what is made of it: the overlays' checks say the same. */
const LONGEST: Readonly<Record<Kind, number>> = { environment: 16, stack: 26, service: 26, app: 26 };
const SHORTEST: Readonly<Record<Kind, number>> = { environment: 2, stack: 1, service: 1, app: 1 };

const EXAMPLES: Readonly<Record<Kind, string>> = {
  environment: "qa",
  stack: "audit",
  service: "orders",
  app: "web",
};

/** YAML 1.1, which Kubernetes and GitHub read, takes these for no text. */
const YAML_WORDS = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/** Names that the environments' stacks and golden files have for something else. */
const RESERVED: Readonly<Record<Kind, readonly string[]>> = {
  environment: ["base", "settings", "state", "identity"],
  stack: ["index", "environment", "environment-stack", "terraform", "contracts"],
  service: ["index", "environment", "environment-stack", "terraform", "contracts"],
  app: [],
};

/** @throws CliError with the rule when a name is not valid for its kind. */
export function checkName(kind: Kind, name: string): void {
  const shortest = SHORTEST[kind];
  const longest = LONGEST[kind];
  const invalid = `invalid ${kind} name ${JSON.stringify(name)}`;
  const example = `e.g. ${EXAMPLES[kind]}`;
  if (!/^[a-z](?:-?[a-z0-9])*$/.test(name) || name.length < shortest || name.length > longest) {
    throw new CliError(
      EXIT.USAGE,
      `${invalid}: use ${shortest} to ${longest} lower-case letters, digits and single hyphens, a letter first`,
      example,
    );
  }
  if (YAML_WORDS.includes(name))
    throw new CliError(EXIT.USAGE, `${invalid}: YAML takes it for no text`, `use another, ${example}`);
  if (RESERVED[kind].includes(name))
    throw new CliError(
      EXIT.USAGE,
      `${invalid}: Groundplan has it for something else`,
      `use another, ${example}`,
    );
}

/** A name that is there already. */
export function nameTaken(kind: Kind, name: string, where: string): CliError {
  return new CliError(
    EXIT.USAGE,
    `there is ${article(kind)} ${JSON.stringify(name)} already`,
    `at ${where}`,
    "use another name",
  );
}

function article(kind: Kind): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** The name of a class, e.g. `OrderIntake` for `order-intake`. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** JavaScript's own words, and those that `overlays/index.ts` has. */
const TAKEN =
  /^(?:abstract|any|arguments|as|async|await|break|case|catch|class|const|continue|debugger|declare|default|delete|do|else|enum|environments|eval|export|extends|finally|for|function|if|implements|import|in|instanceof|interface|let|new|package|platform|private|protected|public|return|static|super|switch|this|throw|try|type|typeof|undefined|var|void|while|with|yield)$/;

/** The name of a constant, e.g. `preProd` for `pre-prod`. */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return TAKEN.test(camel) ? `${camel}Environment` : camel;
}

/** A name as the key of an object. */
export function keyOf(name: string): string {
  return /^[a-z]\w*$/.test(name) ? name : JSON.stringify(name);
}
