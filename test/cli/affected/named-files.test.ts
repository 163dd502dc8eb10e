import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { contentOf } from "../../../cli/affected/content";
import { literalsOf } from "../../../cli/affected/literals";
import { NamedFiles } from "../../../cli/affected/named-files";
import { temporaryFolder } from "../../temporary-folder";

let root: string;
let folder: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "groundplan files (1), ")));
  folder = join(root, "cdktf.out", "stacks", "site");
  write("cdktf.out/stacks/site/cdk.tf.json", "{}");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text = "one"): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** What a value names, relative to the repository. */
function find(value: string): readonly string[] {
  const named = new NamedFiles({ root, project: root, folder });
  return [...named.find(value)].map((path) => relative(root, path)).sort();
}

test.each([
  "plain.html",
  "web pages/index.html",
  "app/(shop)/page.html",
  "app/[id]/page, one.html",
  "größe/日本.html",
  "o'brien/$100;{x}.html",
  "a=b/c`d.html",
])("finds %s by its whole path, by path.module, and within a command", (file) => {
  write(file);
  expect(find(join(root, file))).toEqual([file]);
  const inHcl = file.replaceAll("${", "$${");
  expect(find(`\${filemd5("${root}/${inHcl}")}`)).toEqual([file]);
  expect(find(`\${file("\${path.module}/../../../${inHcl}")}`)).toEqual([file]);
  expect(find(`\${jsonencode({ page = templatefile("../../../${inHcl}", { a = "\${var.b}" }) })}`)).toEqual([
    file,
  ]);
  expect(find(`sh -c 'cat ${root}/${file}' && true`)).toEqual([file]);
  expect(find(`cat ../../../${file}; echo`)).toEqual([file]);
});

test("finds a name that is quoted in an expression, and one in a decomposed spelling", () => {
  write('a "b".html');
  expect(find(`\${file("${root}/a \\"b\\".html")}`)).toEqual(['a "b".html']);
  write("cafe\u0301.html");
  // Terraform opens what is written: another spelling is there on a file system that takes both for one.
  expect(find(`\${file("${root}/cafe\\u0301.html")}`)).toEqual(["cafe\u0301.html"]);
});

test("planted fault: what is beside a file, above the stack, or outside is not named", () => {
  write("app/(shop)/page.html");
  write("app/plain.html");
  write("app/plain.html.bak");
  expect(find(`\${file("${root}/app/plain.html")}`)).toEqual(["app/plain.html"]);
  expect(find(root)).toEqual([]);
  expect(find(`${root}/cdktf.out`)).toEqual([]);
  expect(find("/etc/hosts")).toEqual([]);
  expect(find("a sentence about app and plain.html")).toEqual([]);
  expect(find(`${root}-other/app/plain.html`)).toEqual([]);
});

test("a part of a path that is not known leads to the folder of what it may name", () => {
  write("web/a/one.html");
  for (const value of [
    `\${file("${root}/web/\${each.key}.html")}`,
    `\${[for name in fileset("${root}/web", "**/*.html") : name]}`,
    `\${fileset("${root}", "web/**")}`,
    `\${file(format("%s/web/%s", path.module, each.key))}`,
    `\${file(join("/", [var.root, "web", "a.html"]))}`,
  ])
    expect([value, find(value)]).toEqual([value, ["web"]]);
  expect(find(`\${fileset("${root}", "**")}`)).toEqual([""]);
  expect(find(`\${file("${root}/\${var.page}.html")}`)).toEqual([""]);
  expect(find("${var.page}/${each.key}")).toEqual([]);
});

test("a path that is put together of several values leads to the repository, where one of them is its folder", () => {
  write("web/a.html");
  const within = (locals: Readonly<Record<string, string>>, value: string) => {
    const named = new NamedFiles({
      root,
      project: root,
      folder,
      stack: { locals, output: { o: { value } } },
    });
    return [...named.find(value)].map((path) => relative(root, path));
  };
  const joined = '${file(join("/", [local.root, local.path]))}';
  for (const above of [root, `${root}/`, "../../..", "../.."])
    expect([above, within({ root: above, path: "web/a.html" }, joined)]).toEqual([above, [""]]);
  expect(within({ root: "/etc", path: "hosts" }, joined)).toEqual([]);
  expect(within({ root: join(root, "web"), path: "a.html" }, joined)).toEqual([]);
  expect(within({ root }, `\${file("${root}/web/a.html")}`)).toEqual(["web/a.html"]);
  expect(within({ root }, "${join(local.root, local.path)}")).toEqual([]);
});

test("a file in the stack's folder is named by its name alone", () => {
  write("cdktf.out/stacks/site/code one.zip");
  expect(find("code one.zip")).toEqual(["cdktf.out/stacks/site/code one.zip"]);
  expect(find("assets/code/1/archive.zip")).toEqual([]);
});

test("a module of the repository names its own files, and other modules", () => {
  write("modules/site/main.tf", 'module "page" {\n  source = "../page" # "../comment"\n}\n');
  write("modules/page/main.tf", 'locals {\n  page = file("${path.module}/../../web pages/index.html")\n}\n');
  write("modules/comment/main.tf", "");
  write("web pages/index.html");
  expect(find("../../../modules/site")).toEqual(["modules/page", "modules/site", "web pages/index.html"]);
});

test("what a link leads to counts, and a link in a circle ends", () => {
  write("content/page.html", "one");
  mkdirSync(join(root, "web"));
  symlinkSync("../content/page.html", join(root, "web", "page.html"));
  symlinkSync("..", join(root, "content", "up"));
  const digest = () =>
    [join(root, "web"), join(root, "web/page.html"), join(root, "content")].map((path) =>
      contentOf(path, { root }),
    );
  const before = digest();
  expect(digest()).toEqual(before);
  write("content/page.html", "two");
  for (const [at, one] of digest().entries()) expect(one).not.toBe(before[at]);
});

test("planted fault: what is synthesized, and a link out of the checkout, is not content", () => {
  const outside = temporaryFolder("outside");
  symlinkSync(outside, join(root, "outside"));
  const props = { root, omitted: join(root, "cdktf.out") };
  const before = contentOf(root, props);
  writeFileSync(join(outside, "file"), "one");
  write("cdktf.out/more", "one");
  expect(contentOf(root, props)).toBe(before);
  rmSync(outside, { recursive: true });
});

test("escapes of a template are no expressions, and a template that does not end is read as far as it goes", () => {
  const texts = (value: string) => literalsOf(value).map(({ text }) => text);
  expect(texts("$${a} %%{b}")).toEqual(["${a} %{b}"]);
  expect(texts('${f("a${g("b")}c")}')).toEqual(["b", "a\u0000c", "\u0000"]);
  expect(texts('${f("a')).toEqual(["a", "\u0000"]);
});
