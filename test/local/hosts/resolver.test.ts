import { assert, asyncProperty, uint8Array } from "fast-check";
import { answerTo } from "../../../local/hosts/resolver";

function question(name: string, type = 1): Buffer {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}

const find = async (name: string) => (name === "aws.localhost" ? "169.254.170.1" : undefined);

test("answers with the address, whatever the case of the name", async () => {
  const answer = await answerTo(question("AWS.localhost"), find);
  expect(answer?.subarray(0, 4).toString("hex")).toBe("12348180");
  expect(answer?.subarray(-4)).toEqual(Buffer.from([169, 254, 170, 1]));
});

test("a name without an address of that type is there, and another is not", async () => {
  const head = async (asked: Buffer) => (await answerTo(asked, find))?.subarray(2, 8).toString("hex");
  expect(await head(question("aws.localhost", 28))).toBe("818000010000");
  expect(await head(question("example.com"))).toBe("818300010000");
});

test("whatever comes does not end it", async () => {
  const bytes = uint8Array({ maxLength: 64 });
  await assert(asyncProperty(bytes, async (some) => void (await answerTo(Buffer.from(some), find))));
  expect(await answerTo(question("aws.localhost").subarray(0, 20), find)).toBeUndefined();
});
