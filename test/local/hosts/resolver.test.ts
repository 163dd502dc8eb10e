import { assert, property, uint8Array } from "fast-check";
import { answerTo } from "../../../local/hosts/resolver";

function question(name: string, type = 1): Buffer {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}

const find = (name: string) => (name === "aws.localhost" ? "169.254.170.1" : undefined);

test("answers with the address, whatever the case of the name", () => {
  const answer = answerTo(question("AWS.localhost"), find);
  expect(answer?.subarray(0, 4).toString("hex")).toBe("12348180");
  expect(answer?.subarray(-4)).toEqual(Buffer.from([169, 254, 170, 1]));
});

test("a name without an address of that type is there, and another is not", () => {
  expect(answerTo(question("aws.localhost", 28), find)?.subarray(2, 8).toString("hex")).toBe("818000010000");
  expect(answerTo(question("example.com"), find)?.subarray(2, 8).toString("hex")).toBe("818300010000");
});

test("whatever comes does not end it", () => {
  assert(property(uint8Array({ maxLength: 64 }), (bytes) => void answerTo(Buffer.from(bytes), find)));
  expect(answerTo(question("aws.localhost").subarray(0, 20), find)).toBeUndefined();
});
