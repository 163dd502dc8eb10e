import { imageNamed } from "../../../../cli/artifact/image/promote";
import { readStatement, statementOf } from "../../../../cli/artifact/image/statement";

const COMMIT = "1234567890".repeat(4);
const image = (letter: string, ...tags: readonly string[]) => ({
  digest: `sha256:${letter.repeat(64)}`,
  tags,
  time: "2026-01-01T00:00:00.000Z",
  size: 1,
});
const [NEWEST, OLDER] = [image("a", "v2", "ba".repeat(20)), image("b", COMMIT)];
const of = (name?: string) => imageNamed([NEWEST, OLDER], name, { repository: "x/dev/app", service: "app" });

test("an image is named by its digest or commit, the beginning of one, or a tag; without a name it is the newest", () => {
  expect(of()).toBe(NEWEST);
  for (const name of [OLDER.digest, "bbbb", "sha256:bbbbbb", COMMIT, "123456"]) expect(of(name)).toBe(OLDER);
  expect(of("v2")).toBe(NEWEST);
});

test("what is named by none or several is refused, with what there is", () => {
  expect(() => of("cccc")).toThrow(
    /^no image of x\/dev\/app named "cccc"\n {2}use 4 or more characters of one of aaaaaaaaaaaa, bbbbbbbbbbbb$/,
  );
  expect(() => of("v")).toThrow(/^no image/);
  const twins = [image("a"), { ...image("a"), digest: `sha256:aaaa${"c".repeat(60)}` }];
  expect(() => imageNamed(twins, "aaaa", { repository: "r", service: "app" })).toThrow(
    /^2 images of r named/,
  );
  expect(() => imageNamed([], undefined, { repository: "r", service: "app" })).toThrow(
    /^there is no image in r\n {2}publish one: npx groundplan artifact publish app$/,
  );
});

test("a statement is of the image that it names, and of no other", () => {
  const statement = Buffer.from(
    JSON.stringify(statementOf(NEWEST.digest, "https://example.com/a", { a: 1 })),
  );
  expect(readStatement(statement, NEWEST.digest)).toMatchObject({ predicate: { a: 1 } });
  expect(() => readStatement(statement, OLDER.digest)).toThrow(
    /^a signature that is attached to bbbbbbbbbbbb is of a/,
  );
  expect(() => readStatement(Buffer.from("{}"), OLDER.digest)).toThrow(/says nothing/);
});
