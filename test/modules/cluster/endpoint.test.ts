import { endpointFaults } from "@groundplan/modules/cluster";
import { assert, integer, property, tuple } from "fast-check";

test.each([[[]], [["203.0.113.0/24"]], [["203.0.113.7/32", "198.51.100.0/24"]], [["0.0.0.0/0"]]])(
  "%j passes",
  (cidrs) => {
    expect(endpointFaults(cidrs)).toEqual([]);
  },
);

test.each<[string[], string]>([
  [["203.0.113.7"], '"203.0.113.7" is not an IPv4 range'],
  [["203.0.113.7/24"], '"203.0.113.7/24" is not an IPv4 range that begins at its first address'],
  [["::/0"], '"::/0" is not an IPv4 range'],
  [["0.0.0.0/00"], '"0.0.0.0/00" is not an IPv4 range'],
  [["*"], '"*" is not an IPv4 range'],
  [[""], '"" is not an IPv4 range'],
  [["10.0.0.0/8"], '"10.0.0.0/8" is private'],
  [["172.31.0.0/16"], '"172.31.0.0/16" is private'],
  [["203.0.113.0/24", "203.0.113.0/24"], "listed twice"],
  [["0.0.0.0/0", "203.0.113.0/24"], "makes the other public ranges idle"],
  [Array.from({ length: 41 }, (_, index) => `203.0.113.${index}/32`), "41 public ranges: EKS takes 40"],
])("%j is refused", (cidrs, what) => {
  expect(endpointFaults(cidrs).map((fault) => fault.what)).toEqual([expect.stringContaining(what)]);
});

test("only 0.0.0.0/0 opens the endpoint to everybody, and it is never guessed from another text", () => {
  const octet = integer({ min: 0, max: 255 });
  assert(
    property(tuple(octet, octet, octet, octet), ([a, b, c, d]) => {
      const text = `${a}.${b}.${c}.${d}/0`;
      expect(endpointFaults([text])).toHaveLength(text === "0.0.0.0/0" ? 0 : 1);
    }),
  );
});
