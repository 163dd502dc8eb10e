import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildArtifact } from "../../../../cli/artifact/lambda/build";
import { checkArtifact } from "../../../../cli/artifact/lambda/check";
import { httpEvent } from "../../../../cli/artifact/lambda/http-event";
import { serviceNamed } from "../../../../cli/artifact/service";
import { temporaryFolder } from "../../../temporary-folder";

let root: string;

beforeEach(() => {
  root = temporaryFolder("check");
});

afterEach(() => rmSync(root, { recursive: true }));

/** What a function of one source comes to, for one event. */
async function checked(
  files: Readonly<Record<string, string>>,
  { event = {} as unknown, seconds = 20, named = process.execPath } = {},
) {
  const folder = join(root, "services", "web");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const project = { root, app: "", output: join(root, "cdktf.out") };
  const service = serviceNamed(project, "web");
  const built = await buildArtifact(project, service, { typecheck: false });
  const props = { event: JSON.stringify(event), seconds, ...(named === "" ? {} : { with: named }) };
  return checkArtifact(project, service, built, props);
}

const node = (source: string, more: object = {}) => ({
  "package.json": JSON.stringify({ main: "main.ts", ...more }),
  "main.ts": source,
});

test.each([
  ["CommonJS", "commonjs"],
  ["ES modules", "module"],
])("a function in %s answers, and what it prints is kept apart", async (_, type) => {
  const source =
    'export const handler = async (event: { a: number }, context: { functionName: string }) => { console.log("called"); return [event.a, context.functionName]; };';
  const made = await checked(node(source, { type }), { event: { a: 1 } });
  expect(made.answer).toEqual({ ok: true, value: [1, "web"] });
  expect(made.printed).toBe("called");
  expect(made.ranBy).toBe(`Node ${process.versions.node}`);
});

test("a function with a callback answers, as the Node of its runtime lets it", async () => {
  const made = await checked(
    node(
      "export const handler = (_e: unknown, _c: unknown, done: Function) => { setTimeout(() => done(null, 2), 5); };",
    ),
  );
  const isOver = Number(process.versions.node.split(".")[0]) >= 24;
  expect(made.answer).toMatchObject(
    isOver ? { error: { errorType: "Runtime.CallbackHandlerDeprecated" } } : { ok: true, value: 2 },
  );
});

test("a function that streams its answer answers", async () => {
  const made = await checked(
    node(
      "declare const awslambda: any; export const handler = awslambda.streamifyResponse(async (_: unknown, stream: any) => { stream.write('a'); stream.end('b'); });",
    ),
  );
  expect(made.answer).toEqual({ ok: true, value: "ab" });
});

test.each([
  ["throws", "export const handler = async () => { throw new RangeError('no'); };", /RangeError/],
  [
    "does not load",
    "export const handler = async () => 1; throw new Error('at load');",
    /Runtime\.ImportModuleError/,
  ],
  ["exports something else", "export const handler = 1;", /Runtime\.HandlerNotFound/],
  ["ends the process", "export const handler = async () => process.exit(3);", /Runtime\.ExitError/],
])("planted fault: a function that %s fails", async (_, source, type) => {
  const { answer } = await checked(node(source));
  expect(answer.ok).toBe(false);
  expect(answer.error?.errorType).toMatch(type);
});

test.each([
  ["waits without end", "export const handler = () => new Promise(() => setInterval(() => 1, 1000));"],
  ["never waits", "export const handler = () => { for (;;); };"],
])("planted fault: a function that %s is ended", async (_, source) => {
  const { answer } = await checked(node(source), { seconds: 1 });
  expect(answer.error).toMatchObject({ errorType: "Sandbox.Timedout" });
});

test("a function of Python answers, and one that fails says why", async () => {
  const python = (body: string) => ({
    "requirements.txt": "",
    "main.py": `def handler(event, context):\n    ${body}\n`,
  });
  const named = "python3";
  expect(
    (await checked(python('print("called"); return event["a"]'), { event: { a: 1 }, named })).answer,
  ).toEqual({
    ok: true,
    value: 1,
  });
  // Lambda's logger writes what the level lets through, and not warnings alone.
  const logging = 'import logging; logging.getLogger().setLevel("INFO"); logging.info("heard"); return 1';
  expect((await checked(python(logging), { named })).printed).toBe("[INFO] heard");
  const { answer, notes } = await checked(python('raise ValueError("no")'), { named });
  expect(answer.error).toMatchObject({ errorType: "ValueError", errorMessage: "no" });
  for (const note of notes) expect(note).toMatch(/runs on python3\.13, and was checked in Python 3/);
});

test("planted fault: a program that is none is refused, and a runtime that is not here is told", async () => {
  const source = node("export const handler = async () => 1;");
  await expect(checked(source, { named: "/nowhere" })).rejects.toThrow(/--with "\/nowhere" is not a program/);
  const { PATH } = process.env;
  try {
    process.env.PATH = "/nowhere";
    const { HOME } = process.env;
    process.env.HOME = root;
    const isHere = process.versions.node.startsWith("22.");
    const made = checked(source, { named: "" });
    if (isHere) await made;
    else await expect(made).rejects.toThrow(/runs in Node 22, which is not on this machine[\s\S]*--with/);
    if (HOME !== undefined) process.env.HOME = HOME;
  } finally {
    process.env.PATH = PATH;
  }
});

test("the event of an HTTP API has what a function reads of a request", () => {
  expect(httpEvent("GET /a%20b?x=1")).toMatchObject({
    version: "2.0",
    rawPath: "/a b",
    queryStringParameters: { x: "1" },
    requestContext: { http: { method: "GET" } },
  });
  expect(() => httpEvent("/health")).toThrow(/is not a method and a path/);
});
